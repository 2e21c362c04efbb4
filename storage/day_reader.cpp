#include "storage/day_reader.h"

#include <fmt/format.h>

#include "core/log.h"
#include "storage/apply_correction.h"
#include "storage/big_endian.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

Error BadRow(const DayDatabase& day) {
  return {ErrorCode::kCorruption,
          fmt::format("{}: a row is not in a format that this version reads; restore the directory "
                      "from a backup or use a newer version",
                      day.database().path()),
          {}};
}

class DayRowCursor final : public RowCursor {
 public:
  explicit DayRowCursor(std::shared_ptr<const DayDatabase> day)
      : day_(std::move(day)),
        iterator_(day_->database().db().NewIterator(
            rocksdb::ReadOptions(), day_->database().table(kDaySightings))) {
    iterator_->SeekToFirst();
    Load();
  }

  bool Valid() const override { return valid_; }
  const RowView& row() const override { return row_; }

  void Next() override {
    iterator_->Next();
    Load();
  }

  void Seek(const RowKey& at) override {
    valid_ = false;
    status_ = Ok();
    if (at.ms_of_day >= kMillisecondsPerDay) return;
    const RowKeyBytes key = EncodeRowKey(at);
    iterator_->Seek(rocksdb::Slice(key.data(), key.size()));
    Load();
  }

  void SeekMinuteBefore(uint32_t minute) override {
    // The last row before the minute tells the minute whose first row is wanted.
    char bound[sizeof(uint16_t)];
    StoreBigEndian(static_cast<uint16_t>(minute), bound);
    iterator_->SeekForPrev(rocksdb::Slice(bound, sizeof bound));
    Load();
    if (!valid_) return;
    const uint32_t found = row_.key.ms_of_day / static_cast<uint32_t>(kMillisecondsPerMinute);
    Seek({.ms_of_day = found * static_cast<uint32_t>(kMillisecondsPerMinute)});
  }

  Status status() const override { return status_; }

 private:
  void Load() {
    valid_ = false;
    status_ = Ok();
    if (!iterator_->Valid()) {
      status_ = ToStatus(iterator_->status(), day_->database().path());
      return;
    }
    const auto key = DecodeRowKey(ToView(iterator_->key()));
    const auto header = ParseRecordHeader(ToView(iterator_->value()));
    if (!key || !header) {
      status_ = BadRow(*day_);
      return;
    }
    row_ = {.key = *key,
            .sequence = header->sequence,
            .received = header->received,
            .value = ToView(iterator_->value())};
    valid_ = true;
  }

  const std::shared_ptr<const DayDatabase> day_;
  const std::unique_ptr<rocksdb::Iterator> iterator_;
  RowView row_;
  bool valid_ = false;
  Status status_;
};

class DayReaderImpl final : public DayReader {
 public:
  explicit DayReaderImpl(std::shared_ptr<const DayDatabase> day) : day_(std::move(day)) {}

  Day day() const override { return day_->day(); }

  std::unique_ptr<RowCursor> Rows() const override { return std::make_unique<DayRowCursor>(day_); }

  Result<std::vector<PlateRow>> PlateRows(std::string_view plate, Interval time,
                                          Sequence as_of) const override {
    std::vector<PlateRow> rows;
    const TimestampMs start = day().start();
    const int64_t from = std::max<int64_t>(0, time.from - start);
    const int64_t to = std::min<int64_t>(kMillisecondsPerDay, time.to - start);
    if (from >= to) return rows;
    rocksdb::ReadOptions options;
    options.prefix_same_as_start = true;
    const std::unique_ptr<rocksdb::Iterator> row(
        day_->database().db().NewIterator(options, day_->database().table(kDayByPlate)));
    const std::string first = PlateSeekKey(plate, static_cast<uint32_t>(from));
    for (row->Seek(first); row->Valid(); row->Next()) {
      const auto key = DecodePlateKey(ToView(row->key()));
      const auto sequence = ParsePlateSequence(ToView(row->value()));
      if (!key || !sequence) return BadRow(*day_);
      if (key->plate != plate || key->key.ms_of_day >= to) break;
      if (const auto corrected = day_->corrections().Find(key->key, as_of)) {
        // The row bore the plate once: whether it does at `as_of` is another question.
        const DayCorrections::Version& version = corrected->version;
        if (version.sequence != 0 && version.plate == plate) {
          rows.push_back({.key = key->key, .sequence = version.sequence});
        }
      } else if (*sequence <= as_of) {
        rows.push_back({.key = key->key, .sequence = *sequence});
      }
    }
    SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), day_->database().path()));
    return rows;
  }

  Result<std::vector<std::optional<StoredSighting>>> Get(
      std::span<const RowKey> keys, Sequence as_of) const override {
    std::vector<RowKeyBytes> bytes(keys.size());
    std::vector<rocksdb::Slice> slices(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      bytes[i] = EncodeRowKey(keys[i]);
      slices[i] = rocksdb::Slice(bytes[i].data(), bytes[i].size());
    }
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    day_->database().db().MultiGet(rocksdb::ReadOptions(),
                                   day_->database().table(kDaySightings), keys.size(),
                                   slices.data(), values.data(), statuses.data());
    std::vector<std::optional<StoredSighting>> sightings(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].IsNotFound()) continue;
      SIGHTLINE_RETURN_IF_ERROR(ToStatus(statuses[i], day_->database().path()));
      const auto header = ParseRecordHeader(ToView(values[i]));
      if (header && header->sequence > as_of) continue;
      SIGHTLINE_ASSIGN(sightings[i], DecodeValue(keys[i], ToView(values[i]), as_of));
    }
    return sightings;
  }

  Result<StoredSighting> Decode(const RowView& row, Sequence as_of) const override {
    return DecodeValue(row.key, row.value, as_of);
  }

  bool IsInForce(const RowVersion& version, Sequence as_of) const override {
    return day_->corrections().IsInForce(version.key, version.sequence, as_of);
  }
  bool HasCorrections() const override { return !day_->corrections().empty(); }

  uint64_t sealed_to() const override { return day_->log().sealed_to(); }
  uint64_t log_end() const override { return day_->log().end(); }

  std::vector<RowVersion> ReadLog(uint64_t from, size_t limit) const override {
    auto versions = day_->log().Read(from, limit);
    if (versions) return std::move(*versions);
    Log(LogLevel::kError, "day_log_not_readable",
        {{"day", FormatDay(day())}, {"reason", versions.error().message}});
    return {};
  }

  std::vector<SegmentEntry> Segments() const override { return day_->log().Segments(); }
  std::filesystem::path segment_directory() const override { return day_->segment_directory(); }

  std::string CameraId(uint32_t camera_number) const override {
    const DayCamera* camera = day_->FindCamera(camera_number);
    return camera == nullptr ? std::string() : camera->camera.id;
  }

 private:
  Result<StoredSighting> DecodeValue(const RowKey& key, std::string_view value,
                                     Sequence as_of) const {
    const DayCamera* camera = day_->FindCamera(key.camera_number);
    const auto header = ParseRecordHeader(value);
    if (camera == nullptr || !header) return BadRow(*day_);
    const TimestampMs time = day().start() + key.ms_of_day;
    SIGHTLINE_ASSIGN(Sighting sighting, DecodeRecord(value, camera->camera.id, time));
    StoredSighting stored{.id = {.time = time,
                                 .camera_hash = camera->hash,
                                 .identity_hash = key.identity_hash},
                          .sequence = header->sequence,
                          .received = header->received,
                          .sighting = std::move(sighting)};
    for (const Sequence corrected : day_->corrections().UpTo(key, as_of)) {
      SIGHTLINE_ASSIGN(const auto correction,
                       day_->FindCorrection({.key = key, .sequence = corrected}));
      if (!correction) return BadRow(*day_);
      ApplyCorrection(correction->correction, stored.sighting);
      stored.corrected = corrected;
    }
    return stored;
  }

  const std::shared_ptr<const DayDatabase> day_;
};

}  // namespace

std::shared_ptr<const DayReader> MakeDayReader(std::shared_ptr<const DayDatabase> database) {
  return std::make_shared<DayReaderImpl>(std::move(database));
}

}  // namespace sightline::storage
