#include "storage/rocksdb_status.h"

#include <fmt/format.h>

namespace sightline::storage {
namespace {

ErrorCode CodeOf(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return ErrorCode::kNoSpace;
  switch (status.code()) {
    case rocksdb::Status::kCorruption: return ErrorCode::kCorruption;
    // A family, a comparator or a file that is missing: the directory is not what we wrote.
    case rocksdb::Status::kInvalidArgument: return ErrorCode::kCorruption;
    case rocksdb::Status::kNotFound: return ErrorCode::kCorruption;
    case rocksdb::Status::kNotSupported: return ErrorCode::kCorruption;
    case rocksdb::Status::kIOError: return ErrorCode::kIo;
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTimedOut:
    case rocksdb::Status::kTryAgain: return ErrorCode::kUnavailable;
    default: return ErrorCode::kInternal;
  }
}

std::string_view Advice(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNoSpace: return "free some disk space; writing resumes by itself";
    case ErrorCode::kCorruption: return "restore the directory from a backup, or move it away";
    case ErrorCode::kIo: return "check the disk, its permissions and the limit of open files";
    case ErrorCode::kUnavailable: return "try again";
    default: return "this is a bug; please report it";
  }
}

}  // namespace

Error ToError(const rocksdb::Status& status, std::string_view where) {
  const ErrorCode code = CodeOf(status);
  return {code, fmt::format("{}: {} ({})", where, status.ToString(), Advice(code)), {}};
}

Status ToStatus(const rocksdb::Status& status, std::string_view where) {
  if (status.ok()) return Ok();
  return ToError(status, where);
}

}  // namespace sightline::storage
