#include "storage/rocksdb_status.h"

#include <gtest/gtest.h>

namespace sightline::storage {
namespace {

TEST(RocksDbStatus, BecomesOneOfOurErrorsThatNamesTheDirectory) {
  const struct {
    rocksdb::Status status;
    ErrorCode code;
  } cases[] = {
      {rocksdb::Status::NoSpace(), ErrorCode::kNoSpace},
      {rocksdb::Status::Corruption("block checksum mismatch"), ErrorCode::kCorruption},
      {rocksdb::Status::InvalidArgument("Column family not found"), ErrorCode::kCorruption},
      {rocksdb::Status::IOError("read"), ErrorCode::kIo},
      {rocksdb::Status::Busy(), ErrorCode::kUnavailable},
      {rocksdb::Status::TimedOut(), ErrorCode::kUnavailable},
      {rocksdb::Status::ShutdownInProgress(), ErrorCode::kInternal},
  };
  for (const auto& [status, code] : cases) {
    const Error error = ToError(status, "/data/days/2016-09-21");
    EXPECT_EQ(error.code, code) << status.ToString();
    EXPECT_NE(error.message.find("/data/days/2016-09-21"), std::string::npos);
    EXPECT_NE(error.message.find(status.ToString()), std::string::npos);
    EXPECT_FALSE(ToStatus(status, "x").has_value());
  }
  EXPECT_TRUE(ToStatus(rocksdb::Status::OK(), "x").has_value());
}

}  // namespace
}  // namespace sightline::storage
