#include "storage/plate_dictionary.h"

#include <rocksdb/merge_operator.h>

#include <algorithm>
#include <tuple>

#include "storage/big_endian.h"
#include "storage/database_options.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

constexpr std::string_view kCountedKey = "counted";
constexpr size_t kPlateDayBytes = 28;

void EncodePlateDay(const PlateDay& entry, std::string& out) {
  AppendLittleEndian(entry.count, out);
  AppendLittleEndian(entry.first_ms, out);
  AppendLittleEndian(entry.last_ms, out);
  AppendLittleEndian(entry.first_sequence, out);
  AppendLittleEndian(entry.last_sequence, out);
}

std::optional<PlateDay> DecodePlateDay(std::string_view bytes) {
  if (bytes.size() != kPlateDayBytes) return std::nullopt;
  return PlateDay{.count = LoadLittleEndian<uint32_t>(bytes.data()),
                  .first_ms = LoadLittleEndian<uint32_t>(bytes.data() + 4),
                  .last_ms = LoadLittleEndian<uint32_t>(bytes.data() + 8),
                  .first_sequence = LoadLittleEndian<Sequence>(bytes.data() + 12),
                  .last_sequence = LoadLittleEndian<Sequence>(bytes.data() + 20)};
}

PlateDay Joined(const PlateDay& a, const PlateDay& b) {
  return {.count = a.count + b.count,
          .first_ms = std::min(a.first_ms, b.first_ms),
          .last_ms = std::max(a.last_ms, b.last_ms),
          .first_sequence = std::min(a.first_sequence, b.first_sequence),
          .last_sequence = std::max(a.last_sequence, b.last_sequence)};
}

class JoinPlateDays final : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "sightline.JoinPlateDays"; }
  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing,
             const rocksdb::Slice& value, std::string* joined,
             rocksdb::Logger* /*logger*/) const override {
    if (existing == nullptr) {
      joined->assign(value.data(), value.size());
      return true;
    }
    const auto a = DecodePlateDay(ToView(*existing));
    const auto b = DecodePlateDay(ToView(value));
    if (!a || !b) return false;
    joined->clear();
    EncodePlateDay(Joined(*a, *b), *joined);
    return true;
  }
};

class PurgedDaysFilterFactory final : public rocksdb::CompactionFilterFactory {
 public:
  explicit PurgedDaysFilterFactory(std::shared_ptr<const PurgedDays> days)
      : days_(std::move(days)) {}
  const char* Name() const override { return "sightline.PurgedDays"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context& /*context*/) override {
    return std::make_unique<PurgedDaysFilter>(days_);
  }

 private:
  std::shared_ptr<const PurgedDays> days_;
};

PlateDay OfReading(const PlateReading& reading) {
  if (reading.corrected) {
    return {.count = 0,
            .first_ms = reading.ms_of_day,
            .last_ms = reading.ms_of_day,
            .first_sequence = reading.sequence,
            .last_sequence = PlateDay::kCorrected};
  }
  return {.count = 1,
          .first_ms = reading.ms_of_day,
          .last_ms = reading.ms_of_day,
          .first_sequence = reading.sequence,
          .last_sequence = reading.sequence};
}

}  // namespace

Result<std::unique_ptr<PlateDictionary>> PlateDictionary::Open(const std::filesystem::path& path,
                                                               const std::shared_ptr<SharedResources>& shared) {
  auto purged = std::make_shared<PurgedDays>();
  auto plates = DictionaryTableOptions(*shared);
  plates.merge_operator = std::make_shared<JoinPlateDays>();
  plates.compaction_filter_factory = std::make_shared<PurgedDaysFilterFactory>(purged);
  SIGHTLINE_ASSIGN(auto database,
                   Database::Open(path, shared, PurgeableDatabaseOptions(*shared),
                                  {{"default", SmallTableOptions(*shared)}, {"plates", plates}}));
  std::unique_ptr<PlateDictionary> dictionary(
      new PlateDictionary(std::move(database), std::move(purged)));
  SIGHTLINE_ASSIGN(const auto counted, dictionary->database_->Get(kNumbers, kCountedKey));
  if (counted && counted->size() == sizeof(Sequence)) {
    dictionary->counted_ = LoadLittleEndian<Sequence>(counted->data());
    dictionary->complete_ = true;
  }
  return dictionary;
}

void PlateDictionary::Add(std::vector<PlateReading> readings) {
  const MutexLock lock(delta_mutex_);
  delta_.insert(delta_.end(), std::make_move_iterator(readings.begin()),
                std::make_move_iterator(readings.end()));
}

size_t PlateDictionary::pending() const {
  const MutexLock lock(delta_mutex_);
  return delta_.size() + merging_;
}

Status PlateDictionary::Merge() {
  const MutexLock merge_lock(merge_mutex_);
  std::vector<PlateReading> readings;
  {
    const MutexLock lock(delta_mutex_);
    readings.swap(delta_);
    merging_ = readings.size();
  }
  if (readings.empty()) return Ok();
  Sequence counted = counted_;
  for (const PlateReading& reading : readings) counted = std::max(counted, reading.sequence);
  const Status written = Write(readings, counted);
  const MutexLock lock(delta_mutex_);
  merging_ = 0;
  if (!written) {
    // Counted at the next try.
    delta_.insert(delta_.end(), std::make_move_iterator(readings.begin()),
                  std::make_move_iterator(readings.end()));
  }
  return written;
}

Status PlateDictionary::Write(std::vector<PlateReading>& readings,
                              std::optional<Sequence> counted) {
  std::sort(readings.begin(), readings.end(), [](const PlateReading& a, const PlateReading& b) {
    return std::tie(a.plate, a.day) < std::tie(b.plate, b.day);
  });
  auto batch = Database::NewBatch(readings.size() * 64);
  std::string key;
  std::string value;
  for (size_t i = 0; i < readings.size();) {
    const PlateReading& first = readings[i];
    PlateDay entry = OfReading(first);
    for (++i; i < readings.size() && readings[i].plate == first.plate &&
              readings[i].day == first.day;
         ++i) {
      entry = Joined(entry, OfReading(readings[i]));
    }
    key.clear();
    value.clear();
    AppendDictionaryKey(first.plate, first.day, key);
    EncodePlateDay(entry, value);
    batch.Merge(database_->table(kPlates), key, value);
  }
  if (counted) {
    value.clear();
    AppendLittleEndian(*counted, value);
    batch.Put(database_->table(kNumbers), ToSlice(kCountedKey), value);
  }
  SIGHTLINE_RETURN_IF_ERROR(database_->Write(batch, /*sync=*/counted.has_value()));
  if (counted) {
    counted_ = *counted;
    complete_ = true;
  }
  return Ok();
}

Status PlateDictionary::BeginRebuild() {
  const MutexLock lock(merge_mutex_);
  auto batch = Database::NewBatch();
  // No plate begins with this byte: it is not UTF-8.
  batch.DeleteRange(database_->table(kPlates), rocksdb::Slice(), rocksdb::Slice("\xFF"));
  return database_->Write(batch, /*sync=*/true);
}

Status PlateDictionary::AddRebuilt(std::vector<PlateReading> readings) {
  const MutexLock lock(merge_mutex_);
  return Write(readings, std::nullopt);
}

Status PlateDictionary::FinishRebuild(Sequence counted) {
  const MutexLock lock(merge_mutex_);
  std::vector<PlateReading> none;
  return Write(none, counted);
}

Status PlateDictionary::Visit(
    std::string_view prefix, std::string_view after,
    const std::function<bool(std::string_view plate, Day, const PlateDay&)>& visit) const {
  // All of the plate `after` itself lies before its bytes followed by a 1.
  std::string start(after);
  if (!after.empty()) start.push_back('\1');
  start = std::max(start, std::string(prefix));
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db().NewIterator(rocksdb::ReadOptions(), database_->table(kPlates)));
  for (row->Seek(start); row->Valid() && ToView(row->key()).starts_with(prefix); row->Next()) {
    const auto key = DecodeDictionaryKey(ToView(row->key()));
    const auto entry = DecodePlateDay(ToView(row->value()));
    if (!key || !entry) {
      return Error{ErrorCode::kCorruption,
                   database_->path() + ": an entry is not in a format that this version reads; stop "
                                       "the server and move the directory away, it is then rebuilt",
                   {}};
    }
    if (!visit(key->plate, key->day, *entry)) break;
  }
  return ToStatus(row->status(), database_->path());
}

Status PlateDictionary::Purge(const std::vector<Day>& days) {
  SIGHTLINE_RETURN_IF_ERROR(Merge());
  for (const Day day : days) purged_->Add(day);
  SIGHTLINE_RETURN_IF_ERROR(Flush());
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;
  const Status compacted = ToStatus(
      database_->db().CompactRange(options, database_->table(kPlates), nullptr, nullptr),
      database_->path());
  for (const Day day : days) purged_->Remove(day);
  SIGHTLINE_RETURN_IF_ERROR(compacted);
  // One more change makes RocksDB start a manifest that no longer names the files just deleted.
  const MutexLock lock(merge_mutex_);
  std::vector<PlateReading> none;
  SIGHTLINE_RETURN_IF_ERROR(Write(none, counted_.load()));
  return Flush();
}

}  // namespace sightline::storage
