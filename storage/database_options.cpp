#include "storage/database_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>

#include "core/log.h"

namespace sightline::storage {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
// An empty memtable costs one block of its arena; 400 open days have three tables each.
constexpr size_t kArenaBlockBytes = 32 << 10;
constexpr size_t kSmallWriteBufferBytes = 8 * kMiB;

// RocksDB's own log, reduced to its errors, which go to ours. (Its lines hold no keys:
// allow_data_in_errors is off.) No LOG files: 400 open days would keep 400 of them open.
class ErrorsToOurLog final : public rocksdb::Logger {
 public:
  ErrorsToOurLog() : Logger(rocksdb::InfoLogLevel::ERROR_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char line[512];
    vsnprintf(line, sizeof line, format, arguments);
    Log(LogLevel::kError, "rocksdb", {{"text", line}});
  }
};

// A plate and its terminating zero: rows of one plate share it.
class PlatePrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "sightline.PlatePrefix"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    const size_t end = ToView(key).find('\0');
    return {key.data(), end + 1};
  }
  bool InDomain(const rocksdb::Slice& key) const override {
    return ToView(key).find('\0') != std::string_view::npos;
  }
};

size_t WriteBufferBytes(const SharedResources& shared) { return shared.memtable_bytes / 4; }

rocksdb::BlockBasedTableOptions BlockOptions(const SharedResources& shared, size_t block_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = shared.block_cache;
  table.block_size = block_bytes;
  table.format_version = 5;
  table.filter_policy = shared.filter;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

rocksdb::ColumnFamilyOptions TableOptionsWith(const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.arena_block_size = kArenaBlockBytes;
  options.compression = rocksdb::kLZ4Compression;
  options.write_buffer_size = kSmallWriteBufferBytes;
  return options;
}

// Of a large table: compacted in larger steps than by default, and writers held up later.
void SetLevels(int files_to_compact, size_t file_bytes, rocksdb::ColumnFamilyOptions& options) {
  options.level0_file_num_compaction_trigger = files_to_compact;
  options.level0_slowdown_writes_trigger = 3 * files_to_compact + 16;
  options.level0_stop_writes_trigger = 4 * files_to_compact + 32;
  options.target_file_size_base = file_bytes;
  options.max_bytes_for_level_base = 8 * file_bytes;
}

}  // namespace

rocksdb::DBOptions CommonDatabaseOptions(const SharedResources& shared) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // The default, kPointInTimeRecovery, drops what follows a damaged record without an error.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.paranoid_checks = true;
  options.write_buffer_manager = shared.write_buffers;
  options.sst_file_manager = shared.files;
  options.allow_concurrent_memtable_write = false;
  // Bounds what start-up replays after a crash; what was replayed is not also written at once.
  options.max_total_wal_size = shared.memtable_bytes / 2;
  options.avoid_flush_during_recovery = true;
  // Reserving the size of a log ahead would cost 400 open days some 25 GB of disk.
  options.allow_fallocate = false;
  options.max_open_files = 256;
  options.max_file_opening_threads = 1;
  options.table_cache_numshardbits = 2;
  options.max_background_jobs = 4;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<ErrorsToOurLog>();
  options.info_log_level = rocksdb::InfoLogLevel::ERROR_LEVEL;
  return options;
}

rocksdb::DBOptions PurgeableDatabaseOptions(const SharedResources& shared) {
  rocksdb::DBOptions options = CommonDatabaseOptions(shared);
  // The manifest names the first and last key of each file, also of deleted ones. A new one at every
  // change forgets them.
  options.max_manifest_file_size = 1;
  return options;
}

rocksdb::ColumnFamilyOptions SightingsTableOptions(const SharedResources& shared) {
  // Most rows are read one by one: a block is the least that is read, checked and unpacked for one,
  // and a restart interval what is searched row by row within it.
  auto table = BlockOptions(shared, 4 << 10);
  table.block_restart_interval = 4;
  table.whole_key_filtering = true;
  auto options = TableOptionsWith(table);
  options.write_buffer_size = WriteBufferBytes(shared);
  // Five bits for each row of 400 bytes: most identities not seen before are told without a search.
  // More would cost every open day its size.
  options.memtable_prefix_bloom_size_ratio = 0.0015;
  options.memtable_whole_key_filtering = true;
  SetLevels(8, 128 * kMiB, options);
  return options;
}

rocksdb::ColumnFamilyOptions PlateIndexTableOptions(const SharedResources& shared) {
  auto table = BlockOptions(shared, 8 << 10);
  table.whole_key_filtering = false;
  auto options = TableOptionsWith(table);
  options.prefix_extractor = std::make_shared<PlatePrefix>();
  options.write_buffer_size = WriteBufferBytes(shared);
  SetLevels(8, 64 * kMiB, options);
  return options;
}

rocksdb::ColumnFamilyOptions InboxTableOptions(const SharedResources& shared) {
  auto options = TableOptionsWith(BlockOptions(shared, 16 << 10));
  options.write_buffer_size = WriteBufferBytes(shared);
  options.memtable_prefix_bloom_size_ratio = 0.0035;
  options.memtable_whole_key_filtering = true;
  // Rows leave soon; rewriting them meanwhile is work for nothing.
  SetLevels(16, 128 * kMiB, options);
  return options;
}

rocksdb::ColumnFamilyOptions DictionaryTableOptions(const SharedResources& shared) {
  auto options = TableOptionsWith(BlockOptions(shared, 16 << 10));
  // Entries are small: twice as much would cost a start after a crash another second.
  options.write_buffer_size = WriteBufferBytes(shared) / 2;
  SetLevels(8, 64 * kMiB, options);
  return options;
}

rocksdb::ColumnFamilyOptions SmallTableOptions(const SharedResources& shared) {
  return TableOptionsWith(BlockOptions(shared, 4 << 10));
}

}  // namespace sightline::storage
