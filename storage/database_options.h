// How RocksDB is set up, in one place: what every database has in common, and each kind of table.
#pragma once

#include <rocksdb/options.h>

#include "storage/database.h"

namespace sightline::storage {

inline constexpr int kBlockCacheShardBits = 2;
inline constexpr double kIndexShareOfBlockCache = 0.5;
inline constexpr double kBloomBitsPerKey = 10;

// Of every database: nothing damaged is opened without a word, nothing is written unprotected.
rocksdb::DBOptions CommonDatabaseOptions(const SharedResources& shared);

// Of those that outlive what they hold: no key stays in a log or manifest once it is gone.
rocksdb::DBOptions PurgeableDatabaseOptions(const SharedResources& shared);

// A day's rows: large values, keys nearly ascending, looked up by key before every insert.
rocksdb::ColumnFamilyOptions SightingsTableOptions(const SharedResources& shared);

// A day's plate index: small values, keys at random, read by plate.
rocksdb::ColumnFamilyOptions PlateIndexTableOptions(const SharedResources& shared);

// The inbox: keys at random, deleted soon.
rocksdb::ColumnFamilyOptions InboxTableOptions(const SharedResources& shared);

// The plate dictionary: small merged values, scanned in order.
rocksdb::ColumnFamilyOptions DictionaryTableOptions(const SharedResources& shared);

// Few small rows: the catalog's tables, a day's own notes.
rocksdb::ColumnFamilyOptions SmallTableOptions(const SharedResources& shared);

}  // namespace sightline::storage
