// One RocksDB database, opened the way that every database of the store is.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/mutex.h"
#include "storage/store.h"

namespace sightline::storage {

// Databases that refuse writes at present, and why. Thread-safe.
class BackgroundErrors {
 public:
  void Set(const std::string& path, Error error) SIGHTLINE_EXCLUDES(mutex_);
  void Clear(const std::string& path) SIGHTLINE_EXCLUDES(mutex_);
  bool Has(const std::string& path) const SIGHTLINE_EXCLUDES(mutex_);
  Status First() const SIGHTLINE_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<std::string, Error> errors_ SIGHTLINE_GUARDED_BY(mutex_);
};

// What all databases of a store share; each keeps it alive.
struct SharedResources {
  explicit SharedResources(const StoreOptions& options);

  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
  std::shared_ptr<rocksdb::SstFileManager> files;
  std::shared_ptr<const rocksdb::FilterPolicy> filter;
  size_t memtable_bytes;
  BackgroundErrors background_errors;
};

// Tables of a database are column families, in the order of `kinds`; the first is "default".
struct TableOptions {
  std::string name;
  rocksdb::ColumnFamilyOptions options;
};

class Database {
 public:
  // Opens or creates. Errors name the path.
  static Result<std::unique_ptr<Database>> Open(const std::filesystem::path& path,
                                                std::shared_ptr<SharedResources> shared,
                                                const rocksdb::DBOptions& options,
                                                const std::vector<TableOptions>& tables);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* table(size_t i) const { return tables_[i]; }
  const std::string& path() const { return path_; }

  // An empty batch whose entries are protected by checksums on their way to disk.
  static rocksdb::WriteBatch NewBatch(size_t reserved_bytes = 0);

  // Durable on return when `sync`.
  Status Write(rocksdb::WriteBatch& batch, bool sync);

  // nullopt when the key is not there.
  Result<std::optional<std::string>> Get(size_t table, std::string_view key) const;

  // Writes all memtables to files and waits for it.
  Status Flush();

  // Entries of a table that are not yet in files.
  uint64_t MemtableRows(size_t table) const;

  // Tries to leave the read-only state that a background error put the database into.
  Status Resume();

 private:
  Database(std::string path, std::shared_ptr<SharedResources> shared)
      : path_(std::move(path)), shared_(std::move(shared)) {}

  const std::string path_;
  const std::shared_ptr<SharedResources> shared_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> tables_;
};

inline rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

}  // namespace sightline::storage
