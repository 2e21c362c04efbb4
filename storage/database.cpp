#include "storage/database.h"

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>

#include <algorithm>

#include "core/log.h"
#include "storage/database_options.h"
#include "storage/directory.h"
#include "storage/rocksdb_status.h"

namespace sightline::storage {
namespace {

constexpr size_t kProtectionBytesPerKey = 8;

// Keeps the board of databases that refuse writes. RocksDB calls it on its background threads.
class ErrorListener final : public rocksdb::EventListener {
 public:
  ErrorListener(std::string path, BackgroundErrors& errors)
      : path_(std::move(path)), errors_(errors) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    const Error error = ToError(*status, path_);
    Log(LogLevel::kError, "storage_refuses_writes",
        {{"code", ErrorCodeName(error.code)}, {"reason", error.message}});
    errors_.Set(path_, error);
  }

  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override {
    if (!info.new_bg_error.ok()) return;
    Log(LogLevel::kInfo, "storage_accepts_writes_again", {{"path", path_}});
    errors_.Clear(path_);
  }

 private:
  const std::string path_;
  BackgroundErrors& errors_;
};

// RocksDB makes a new database where the file CURRENT is missing, and then deletes what it does not
// know. A directory with rows and without that file has lost it. (A creation that was cut short has
// neither.)
Status CheckNotHeadless(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::exists(path / "CURRENT", code)) return Ok();
  for (std::filesystem::directory_iterator file(path, code), end; !code && file != end;
       file.increment(code)) {
    const auto extension = file->path().extension();
    if (extension != ".sst" && (extension != ".log" || file->file_size(code) == 0)) continue;
    return Error{ErrorCode::kCorruption,
                 fmt::format("{}: the file CURRENT is missing beside {}; restore the directory from a "
                             "backup",
                             path.string(), file->path().filename().string()),
                 {}};
  }
  return Ok();
}

}  // namespace

void BackgroundErrors::Set(const std::string& path, Error error) {
  const MutexLock lock(mutex_);
  errors_[path] = std::move(error);
}

void BackgroundErrors::Clear(const std::string& path) {
  const MutexLock lock(mutex_);
  errors_.erase(path);
}

bool BackgroundErrors::Has(const std::string& path) const {
  const MutexLock lock(mutex_);
  return errors_.contains(path);
}

Status BackgroundErrors::First() const {
  const MutexLock lock(mutex_);
  if (errors_.empty()) return Ok();
  return errors_.begin()->second;
}

SharedResources::SharedResources(const StoreOptions& options)
    : memtable_bytes(options.memtable_bytes) {
  rocksdb::LRUCacheOptions cache;
  cache.capacity = options.block_cache_bytes;
  cache.num_shard_bits = kBlockCacheShardBits;
  cache.high_pri_pool_ratio = kIndexShareOfBlockCache;
  block_cache = rocksdb::NewLRUCache(cache);
  write_buffers = std::make_shared<rocksdb::WriteBufferManager>(options.memtable_bytes);
  files.reset(rocksdb::NewSstFileManager(rocksdb::Env::Default()));
  filter.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  auto* env = rocksdb::Env::Default();
  env->SetBackgroundThreads(options.background_threads, rocksdb::Env::Priority::LOW);
  env->SetBackgroundThreads(1, rocksdb::Env::Priority::HIGH);
}

Result<std::unique_ptr<Database>> Database::Open(const std::filesystem::path& path,
                                                 std::shared_ptr<SharedResources> shared,
                                                 const rocksdb::DBOptions& options,
                                                 const std::vector<TableOptions>& tables) {
  SIGHTLINE_RETURN_IF_ERROR(CreateDirectory(path));
  SIGHTLINE_RETURN_IF_ERROR(CheckNotHeadless(path));
  std::unique_ptr<Database> database(new Database(path.string(), std::move(shared)));
  rocksdb::DBOptions with_listener = options;
  with_listener.listeners.push_back(
      std::make_shared<ErrorListener>(database->path_, database->shared_->background_errors));
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const TableOptions& table : tables) families.emplace_back(table.name, table.options);
  rocksdb::DB* db = nullptr;
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(
      rocksdb::DB::Open(with_listener, database->path_, families, &database->tables_, &db),
      database->path_));
  database->db_.reset(db);
  return database;
}

Database::~Database() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* table : tables_) db_->DestroyColumnFamilyHandle(table);
  const rocksdb::Status closed = db_->Close();
  if (!closed.ok()) {
    Log(LogLevel::kError, "storage_close_failed", {{"reason", ToError(closed, path_).message}});
  }
  db_.reset();
  shared_->background_errors.Clear(path_);
}

rocksdb::WriteBatch Database::NewBatch(size_t reserved_bytes) {
  return rocksdb::WriteBatch(reserved_bytes, /*max_bytes=*/0, kProtectionBytesPerKey,
                             /*default_cf_ts_sz=*/0);
}

Status Database::Write(rocksdb::WriteBatch& batch, bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  return ToStatus(db_->Write(options, &batch), path_);
}

Result<std::optional<std::string>> Database::Get(size_t table, std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), tables_[table], ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(status, path_));
  return std::optional<std::string>(std::move(value));
}

Status Database::Flush() { return ToStatus(db_->Flush(rocksdb::FlushOptions(), tables_), path_); }

uint64_t Database::MemtableRows(size_t table) const {
  uint64_t rows = 0;
  db_->GetIntProperty(tables_[table], rocksdb::DB::Properties::kNumEntriesActiveMemTable, &rows);
  return rows;
}

Status Database::Resume() {
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(db_->Resume(), path_));
  shared_->background_errors.Clear(path_);
  return Ok();
}

}  // namespace sightline::storage
