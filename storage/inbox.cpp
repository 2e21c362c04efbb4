#include "storage/inbox.h"

#include "storage/big_endian.h"
#include "storage/database_options.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

constexpr size_t kScanReadahead = size_t{2} << 20;

// A held value: the plate's length u8, the by_plate value's length u8, both, then the row's value.
void EncodeHeld(const NewRow& row, std::string& out) {
  out.push_back(static_cast<char>(row.plate.size()));
  out.push_back(static_cast<char>(row.by_plate.size()));
  out.append(row.plate);
  out.append(row.by_plate);
  out.append(row.value);
}

std::optional<NewRow> DecodeHeld(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const size_t plate = static_cast<unsigned char>(bytes[0]);
  const size_t by_plate = static_cast<unsigned char>(bytes[1]);
  if (bytes.size() < 2 + plate + by_plate) return std::nullopt;
  NewRow row{.plate = bytes.substr(2, plate),
             .value = bytes.substr(2 + plate + by_plate),
             .by_plate = bytes.substr(2 + plate, by_plate)};
  const auto header = ParseRecordHeader(row.value);
  if (!header) return std::nullopt;
  row.sequence = header->sequence;
  return row;
}

Error BadRow(const std::string& path) {
  return {ErrorCode::kCorruption,
          path + ": a held row is not in a format that this version reads; use a newer version",
          {}};
}

std::string DayPrefix(Day day) {
  std::string prefix;
  AppendBigEndian(day.number, prefix);
  return prefix;
}

Day DayOfKey(const rocksdb::Slice& key) { return Day{LoadBigEndian<uint16_t>(key.data())}; }

}  // namespace

Result<std::unique_ptr<Inbox>> Inbox::Open(const std::filesystem::path& path,
                                           const std::shared_ptr<SharedResources>& shared,
                                           Sequence counted) {
  SIGHTLINE_ASSIGN(auto database, Database::Open(path, shared, PurgeableDatabaseOptions(*shared),
                                                 {{"default", SmallTableOptions(*shared)},
                                                  {"rows", InboxTableOptions(*shared)}}));
  std::unique_ptr<Inbox> inbox(new Inbox(std::move(database)));
  SIGHTLINE_RETURN_IF_ERROR(inbox->Load(counted));
  return inbox;
}

Status Inbox::Load(Sequence counted) {
  const MutexLock lock(mutex_);
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = kScanReadahead;
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(options, database_->table(kRows)));
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    const Day day = DayOfKey(row->key());
    ++counts_[day];
    ++rows_;
    const auto key = DecodeRowKey(ToView(row->key()).substr(sizeof(uint16_t)));
    const auto held = DecodeHeld(ToView(row->value()));
    if (!key || !held) return BadRow(database_->path());
    if (held->sequence <= counted || held->plate.empty()) continue;
    uncounted_.push_back({.plate = std::string(held->plate),
                          .day = day,
                          .ms_of_day = key->ms_of_day,
                          .sequence = held->sequence});
  }
  return ToStatus(row->status(), database_->path());
}

Status Inbox::Add(std::span<const Incoming> rows) {
  size_t bytes = 0;
  for (const Incoming& incoming : rows) bytes += incoming.row.value.size() + 100;
  auto batch = Database::NewBatch(bytes);
  std::string value;
  for (const auto& [day, row] : rows) {
    const InboxKeyBytes key = EncodeInboxKey(day, row.key);
    value.clear();
    EncodeHeld(row, value);
    batch.Put(database_->table(kRows), rocksdb::Slice(key.data(), key.size()), value);
  }
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, /*sync=*/true));
  const MutexLock lock(mutex_);
  for (const Incoming& incoming : rows) ++counts_[incoming.day];
  rows_ += rows.size();
  return Ok();
}

Status Inbox::Remove(Day day, std::span<const RowKey> keys) {
  auto batch = Database::NewBatch();
  for (const RowKey& key : keys) {
    const InboxKeyBytes bytes = EncodeInboxKey(day, key);
    batch.Delete(database_->table(kRows), rocksdb::Slice(bytes.data(), bytes.size()));
  }
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, /*sync=*/false));
  const MutexLock lock(mutex_);
  rows_ -= keys.size();
  size_t& count = counts_[day];
  count -= keys.size();
  if (count == 0) counts_.erase(day);
  return Ok();
}

Result<std::vector<HeldRow>> Inbox::Rows(Day day, const std::optional<RowKey>& after,
                                         size_t limit) const {
  std::vector<HeldRow> rows;
  const std::string prefix = DayPrefix(day);
  // Neither what was moved before nor the removed rows of later days are stepped over.
  const std::string end = prefix + std::string(kRowKeyBytes + 1, '\xFF');
  const rocksdb::Slice upper_bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(options, database_->table(kRows)));
  const InboxKeyBytes first = EncodeInboxKey(day, after.value_or(RowKey()));
  for (row->Seek(rocksdb::Slice(first.data(), first.size())); row->Valid() && rows.size() < limit;
       row->Next()) {
    const auto key = DecodeRowKey(ToView(row->key()).substr(prefix.size()));
    if (key && after && *key == *after) continue;
    const auto held = DecodeHeld(ToView(row->value()));
    if (!key || !held) return BadRow(database_->path());
    rows.push_back({.key = *key,
                    .sequence = held->sequence,
                    .plate = std::string(held->plate),
                    .value = std::string(held->value),
                    .by_plate = std::string(held->by_plate)});
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), database_->path()));
  return rows;
}

Result<std::optional<std::string>> Inbox::Value(Day day, const RowKey& key) const {
  if (RowsOf(day) == 0) return std::optional<std::string>();
  const InboxKeyBytes bytes = EncodeInboxKey(day, key);
  SIGHTLINE_ASSIGN(const auto value,
                   database_->Get(kRows, std::string_view(bytes.data(), bytes.size())));
  if (!value) return std::optional<std::string>();
  const auto held = DecodeHeld(*value);
  if (!held) return BadRow(database_->path());
  return std::optional<std::string>(held->value);
}

std::vector<PlateReading> Inbox::TakeUncounted() {
  const MutexLock lock(mutex_);
  std::vector<PlateReading> readings = std::move(uncounted_);
  uncounted_.clear();
  return readings;
}

size_t Inbox::rows() const {
  const MutexLock lock(mutex_);
  return rows_;
}

size_t Inbox::RowsOf(Day day) const {
  const MutexLock lock(mutex_);
  const auto found = counts_.find(day);
  return found == counts_.end() ? 0 : found->second;
}

std::map<Day, size_t> Inbox::Counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

Status Inbox::Compact() {
  SIGHTLINE_RETURN_IF_ERROR(database_->Flush());
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  SIGHTLINE_RETURN_IF_ERROR(
      ToStatus(database_->db().CompactRange(options, database_->table(kRows), nullptr, nullptr),
               database_->path()));
  // One more change makes RocksDB start a manifest that no longer names the files just deleted.
  auto batch = Database::NewBatch();
  batch.Put(database_->table(kNumbers), "compacted", "");
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, /*sync=*/false));
  return database_->Flush();
}

}  // namespace sightline::storage
