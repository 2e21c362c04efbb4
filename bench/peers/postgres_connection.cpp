#include "bench/peers/postgres_connection.h"

#include <libpq-fe.h>

#include <climits>

namespace sightline::bench {
namespace {

constexpr std::string_view kQueryCanceled = "57014";  // PostgreSQL's error codes, appendix A

using OwnedResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

}  // namespace

PostgresRows::PostgresRows(pg_result* result) : result_(result, PQclear) {}

size_t PostgresRows::size() const { return static_cast<size_t>(PQntuples(result_.get())); }

std::string_view PostgresRows::Bytes(size_t row, int column) const {
  const int number = static_cast<int>(row);
  return {PQgetvalue(result_.get(), number, column),
          static_cast<size_t>(PQgetlength(result_.get(), number, column))};
}

int64_t PostgresRows::Integer(size_t row, int column) const {
  const std::string_view bytes = Bytes(row, column);
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return bytes.size() == 4 ? static_cast<int32_t>(static_cast<uint32_t>(value))
                           : static_cast<int64_t>(value);
}

PostgresConnection::PostgresConnection(pg_conn* connection) : connection_(connection, PQfinish) {}

Error PostgresConnection::Failure(pg_result* result) const {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const bool cancelled = state != nullptr && state == kQueryCanceled;
  return {cancelled ? ErrorCode::kCancelled : ErrorCode::kIo, PQerrorMessage(connection_.get()),
          {}};
}

Result<PostgresConnection> PostgresConnection::Open(const std::string& conninfo) {
  PostgresConnection connection(PQconnectdb(conninfo.c_str()));
  if (PQstatus(connection.connection_.get()) != CONNECTION_OK) return connection.Failure(nullptr);
  return connection;
}

Status PostgresConnection::Execute(const std::string& sql) {
  const OwnedResult result(PQexec(connection_.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return Failure(result.get());
  return Ok();
}

Status PostgresConnection::Prepare(const std::string& name, const std::string& sql) {
  const OwnedResult result(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr),
                           PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return Failure(result.get());
  return Ok();
}

Result<PostgresRows> PostgresConnection::Ask(const std::string& name,
                                             std::span<const std::string> parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  OwnedResult result(PQexecPrepared(connection_.get(), name.c_str(),
                                    static_cast<int>(values.size()), values.data(), nullptr,
                                    nullptr, /*resultFormat=*/1),
                     PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return Failure(result.get());
  return PostgresRows(result.release());
}

Status PostgresConnection::CopyBegin(const std::string& sql) {
  const OwnedResult result(PQexec(connection_.get(), sql.c_str()), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) return Failure(result.get());
  return Ok();
}

Status PostgresConnection::CopyPiece(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, INT_MAX / 2);
    if (PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) != 1) {
      return Failure(nullptr);
    }
    bytes.remove_prefix(piece.size());
  }
  return Ok();
}

Status PostgresConnection::CopyEnd() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return Failure(nullptr);
  Status status = Ok();
  while (OwnedResult result{PQgetResult(connection_.get()), PQclear}) {
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) status = Failure(result.get());
  }
  return status;
}

}  // namespace sightline::bench
