// The one place where RocksDB's statuses become ours.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "core/error.h"

namespace sightline::storage {

// `where`: the database's directory, which the message names together with what to do.
Error ToError(const rocksdb::Status& status, std::string_view where);

// Ok for an ok status.
Status ToStatus(const rocksdb::Status& status, std::string_view where);

}  // namespace sightline::storage
