// One connection to PostgreSQL over loopback TCP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

struct pg_conn;
struct pg_result;

namespace sightline::bench {

// The rows of one answer, columns in PostgreSQL's binary format.
class PostgresRows {
 public:
  explicit PostgresRows(pg_result* result);

  size_t size() const;
  // The bytes of a column, valid while the object lives; empty for NULL.
  std::string_view Bytes(size_t row, int column) const;
  // A column of type integer or bigint; `column` must be one.
  int64_t Integer(size_t row, int column) const;

 private:
  std::unique_ptr<pg_result, void (*)(pg_result*)> result_;
};

// Errors of every method: kIo with the server's message; kCancelled where a statement ran into
// statement_timeout. One thread.
class PostgresConnection {
 public:
  static Result<PostgresConnection> Open(const std::string& conninfo);

  // Runs statements without parameters, their rows passed over.
  Status Execute(const std::string& sql);

  Status Prepare(const std::string& name, const std::string& sql);

  // Runs a prepared statement to its last row. Parameters in text format.
  Result<PostgresRows> Ask(const std::string& name, std::span<const std::string> parameters);

  // COPY ... FROM STDIN: begin, any number of pieces, then end. The rows are durable once CopyEnd
  // has returned, unless a transaction is open.
  Status CopyBegin(const std::string& sql);
  Status CopyPiece(std::string_view bytes);
  Status CopyEnd();

 private:
  explicit PostgresConnection(pg_conn* connection);
  Error Failure(pg_result* result) const;

  std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
};

}  // namespace sightline::bench
