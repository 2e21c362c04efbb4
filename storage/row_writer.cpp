#include "storage/row_writer.h"

#include <algorithm>

#include "storage/apply_correction.h"
#include "storage/day_reader.h"
#include "storage/record_codec.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

// Sequences are reserved in the catalog this many at a time.
constexpr Sequence kReservedSequences = 1'000'000;
// A day is written to directly when a batch brings it this many rows, or this share of the batch ...
constexpr size_t kDirectRows = 64;
constexpr size_t kDirectShare = 4;
// ... or when it is one of the last days that were.
constexpr size_t kRecentDays = 4;
// The inbox holds at most this many times its configured rows.
constexpr size_t kInboxOverflow = 2;
// Rows moved out of the inbox while appending waits.
constexpr size_t kDrainRows = 4096;

NewRow ToNewRow(const EncodedSighting& row, Sequence sequence) {
  return {.key = row.key,
          .sequence = sequence,
          .plate = row.plate,
          .value = row.value,
          .by_plate = row.by_plate};
}

Sequence SequenceOf(const EncodedSighting& row) { return ParseRecordHeader(row.value)->sequence; }

void AddReading(const EncodedSighting& row, std::vector<PlateReading>& readings) {
  if (row.plate.empty()) return;
  readings.push_back({.plate = row.plate,
                      .day = row.day,
                      .ms_of_day = row.key.ms_of_day,
                      .sequence = SequenceOf(row)});
}

}  // namespace

Status RowWriter::Load() {
  SIGHTLINE_ASSIGN(const Sequence reserved, parts_.catalog.ReadNumber(Catalog::kReservedSequence));
  const MutexLock lock(mutex_);
  reserved_ = reserved;
  last_sequence_ = reserved;
  visible_ = reserved;
  return Ok();
}

Result<AppendResult> RowWriter::Append(Batch batch) {
  SIGHTLINE_RETURN_IF_ERROR(MakeRoomInInbox());
  const MutexLock lock(mutex_);
  AppendResult result;
  result.outcomes.assign(batch.size(), AppendOutcome::kDuplicate);
  result.ids.reserve(batch.size());
  for (const EncodedSighting& row : batch) result.ids.push_back(row.id);

  std::vector<DayRows> days = SplitByDay(batch);
  for (DayRows& of_day : days) {
    SIGHTLINE_ASSIGN(of_day.database, parts_.days.Open(of_day.day, /*create=*/false));
    SIGHTLINE_RETURN_IF_ERROR(DropDuplicates(batch, of_day));
    for (const uint32_t row : of_day.rows) result.outcomes[row] = AppendOutcome::kAccepted;
  }
  std::erase_if(days, [](const DayRows& of_day) { return of_day.rows.empty(); });
  SIGHTLINE_RETURN_IF_ERROR(StampSequences(batch, result));
  SIGHTLINE_RETURN_IF_ERROR(MarkCamerasUsed(batch, days));
  SIGHTLINE_RETURN_IF_ERROR(ChooseDirectDays(batch.size(), days));

  // What is durable is counted, also when a later part of the batch fails.
  std::vector<PlateReading> written;
  const Status status = WriteRows(batch, days, written);
  parts_.dictionary.Add(std::move(written));
  SIGHTLINE_RETURN_IF_ERROR(status);
  visible_ = last_sequence_;
  result.last_sequence = last_sequence_;
  return result;
}

std::vector<RowWriter::DayRows> RowWriter::SplitByDay(Batch batch) {
  std::vector<DayRows> days;
  std::map<Day, size_t> place;
  for (uint32_t i = 0; i < batch.size(); ++i) {
    const Day day = batch[i].day;
    // Most batches hold few days, and rows of one day follow each other.
    if (days.empty() || days.back().day != day) {
      const auto [found, added] = place.emplace(day, days.size());
      if (!added) {
        days[found->second].rows.push_back(i);
        continue;
      }
      days.push_back({.day = day});
    }
    days.back().rows.push_back(i);
  }
  return days;
}

Status RowWriter::DropDuplicates(Batch batch, DayRows& of_day) {
  std::vector<uint32_t>& rows = of_day.rows;
  std::sort(rows.begin(), rows.end(), [batch](uint32_t a, uint32_t b) {
    if (batch[a].key == batch[b].key) return a < b;
    return RowKeyLess(batch[a].key, batch[b].key);
  });
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [batch](uint32_t a, uint32_t b) { return batch[a].key == batch[b].key; }),
             rows.end());
  const bool in_inbox = parts_.inbox.RowsOf(of_day.day) > 0;
  std::vector<uint32_t> unknown;
  unknown.reserve(rows.size());
  for (const uint32_t row : rows) {
    if (of_day.database != nullptr) {
      SIGHTLINE_ASSIGN(const bool stored, of_day.database->Contains(batch[row].key));
      if (stored) continue;
    }
    if (in_inbox) {
      SIGHTLINE_ASSIGN(const auto held, parts_.inbox.Value(of_day.day, batch[row].key));
      if (held) continue;
    }
    unknown.push_back(row);
  }
  rows = std::move(unknown);
  return Ok();
}

Status RowWriter::ReserveSequences(size_t count) {
  if (last_sequence_ + count <= reserved_) return Ok();
  const Sequence reserved = last_sequence_ + count + kReservedSequences;
  SIGHTLINE_RETURN_IF_ERROR(parts_.catalog.WriteNumber(Catalog::kReservedSequence, reserved));
  reserved_ = reserved;
  return Ok();
}

Status RowWriter::StampSequences(Batch batch, const AppendResult& result) {
  SIGHTLINE_RETURN_IF_ERROR(ReserveSequences(batch.size()));
  for (size_t i = 0; i < batch.size(); ++i) {
    if (result.outcomes[i] != AppendOutcome::kAccepted) continue;
    ++last_sequence_;
    StampSequence(last_sequence_, batch[i].value);
    if (!batch[i].plate.empty()) StampSequence(last_sequence_, batch[i].by_plate);
  }
  return Ok();
}

Status RowWriter::MarkCamerasUsed(Batch batch, const std::vector<DayRows>& days) {
  std::vector<uint32_t> fresh;
  for (const DayRows& of_day : days) {
    for (const uint32_t row : of_day.rows) {
      const uint32_t number = batch[row].key.camera_number;
      if (used_cameras_.insert(number).second) fresh.push_back(number);
    }
  }
  const Status marked = parts_.cameras.MarkUsed(fresh);
  if (!marked) {
    for (const uint32_t number : fresh) used_cameras_.erase(number);
  }
  return marked;
}

Status RowWriter::ChooseDirectDays(size_t batch_rows, std::vector<DayRows>& days) {
  std::vector<Day> direct;
  for (DayRows& of_day : days) {
    const auto recent = std::find(recent_days_.begin(), recent_days_.end(), of_day.day);
    of_day.direct = recent != recent_days_.end() || of_day.rows.size() >= kDirectRows ||
                    of_day.rows.size() * kDirectShare >= batch_rows;
    if (!of_day.direct) continue;
    if (of_day.database == nullptr) {
      SIGHTLINE_ASSIGN(of_day.database, parts_.days.Open(of_day.day, /*create=*/true));
    }
    if (recent != recent_days_.end()) recent_days_.erase(recent);
    recent_days_.insert(recent_days_.begin(), of_day.day);
    direct.push_back(of_day.day);
  }
  if (recent_days_.size() > kRecentDays) recent_days_.resize(kRecentDays);
  return parts_.marks.MarkWritten(direct, /*uncounted=*/true);
}

Status RowWriter::WriteRows(Batch batch, const std::vector<DayRows>& days,
                            std::vector<PlateReading>& written) {
  for (const DayRows& of_day : days) {
    if (of_day.direct) SIGHTLINE_RETURN_IF_ERROR(WriteDay(batch, of_day, written));
  }
  return WriteInbox(batch, days, written);
}

Status RowWriter::WriteDay(Batch batch, const DayRows& of_day,
                           std::vector<PlateReading>& written) {
  std::vector<NewRow> rows;
  rows.reserve(of_day.rows.size());
  for (const uint32_t row : of_day.rows) rows.push_back(ToNewRow(batch[row], SequenceOf(batch[row])));
  SIGHTLINE_RETURN_IF_ERROR(of_day.database->Write(rows, parts_.dictionary.counted(),
                                                   [this](uint32_t number) {
                                                     return CameraOf(number);
                                                   }));
  parts_.marks.Update(of_day.day, of_day.database->state());
  for (const uint32_t row : of_day.rows) AddReading(batch[row], written);
  return Ok();
}

Status RowWriter::WriteInbox(Batch batch, const std::vector<DayRows>& days,
                             std::vector<PlateReading>& written) {
  std::vector<Inbox::Incoming> rows;
  for (const DayRows& of_day : days) {
    if (of_day.direct) continue;
    for (const uint32_t row : of_day.rows) {
      rows.push_back({.day = of_day.day, .row = ToNewRow(batch[row], SequenceOf(batch[row]))});
    }
  }
  if (rows.empty()) return Ok();
  SIGHTLINE_RETURN_IF_ERROR(parts_.inbox.Add(rows));
  for (const DayRows& of_day : days) {
    if (of_day.direct) continue;
    for (const uint32_t row : of_day.rows) AddReading(batch[row], written);
  }
  return Ok();
}

Result<StoredCorrection> RowWriter::Correct(Day day, const RowKey& key,
                                            const Correction& correction, TimestampMs now) {
  const MutexLock lock(mutex_);
  SIGHTLINE_ASSIGN(const auto database, parts_.days.Open(day, /*create=*/false));
  if (database == nullptr) return NotFound("no sighting has this id");
  SIGHTLINE_ASSIGN(auto found, MakeDayReader(database)->Get({&key, 1}, last_sequence_));
  if (!found[0]) return NotFound("no sighting has this id");
  const StoredSighting& before = *found[0];
  if (!ChangesSighting(correction, before.sighting)) {
    return InvalidArgument("the correction changes nothing: the sighting is as it says");
  }
  SIGHTLINE_RETURN_IF_ERROR(ReserveSequences(1));
  const StoredCorrection stored =
      MakeStoredCorrection(correction, before, ++last_sequence_, now);
  SIGHTLINE_RETURN_IF_ERROR(parts_.catalog.PutCorrection(
      {.day = day, .version = {.key = key, .sequence = stored.sequence}}));
  SIGHTLINE_RETURN_IF_ERROR(WriteCorrection(*database, key, before, stored));
  visible_ = last_sequence_;
  return stored;
}

Status RowWriter::WriteCorrection(DayDatabase& database, const RowKey& key,
                                  const StoredSighting& before, const StoredCorrection& stored) {
  const Day day = database.day();
  Sighting after = before.sighting;
  ApplyCorrection(stored.correction, after);
  std::string by_plate = EncodePlateValue(after);
  StampSequence(stored.sequence, by_plate);
  std::vector<PlateReading> readings;
  if (after.plate != stored.plate_before) {
    AppendCorrectedReadings(day, {.key = key, .sequence = stored.sequence}, stored.plate_before,
                            after.plate, readings);
  }
  SIGHTLINE_RETURN_IF_ERROR(parts_.marks.MarkWritten({&day, 1}, !readings.empty()));
  SIGHTLINE_RETURN_IF_ERROR(database.Correct({.key = key,
                                              .stored = stored,
                                              .ingest_sequence = before.sequence,
                                              .plate = after.plate,
                                              .by_plate = by_plate}));
  parts_.marks.Update(day, database.state());
  parts_.dictionary.Add(std::move(readings));
  return Ok();
}

Status RowWriter::CommitSegments(Day day, uint64_t sealed_to, std::span<const SegmentEntry> added,
                                 std::span<const std::string> removed) {
  return ChangeSegments(day, [&](DayDatabase& database) {
    return database.CommitSegments(sealed_to, added, removed);
  });
}

Status RowWriter::DropSegments(Day day) {
  return ChangeSegments(day, [](DayDatabase& database) { return database.DropSegments(); });
}

Status RowWriter::ChangeSegments(Day day, const std::function<Status(DayDatabase&)>& change) {
  const MutexLock lock(mutex_);
  SIGHTLINE_ASSIGN(const auto database, parts_.days.Open(day, /*create=*/false));
  if (database == nullptr) return NotFound(FormatDay(day) + ": there is no such day");
  // Should the process die in between, the mark must not say more than is true.
  SIGHTLINE_RETURN_IF_ERROR(parts_.marks.MarkWritten({&day, 1}, /*uncounted=*/false));
  SIGHTLINE_RETURN_IF_ERROR(change(*database));
  parts_.marks.MarkSealed(day, database->IsSealed());
  return Ok();
}

std::optional<Camera> RowWriter::CameraOf(uint32_t number) const {
  const auto record = parts_.cameras.FindNumber(number);
  if (record == nullptr) return std::nullopt;
  return record->camera();
}

Status RowWriter::MakeRoomInInbox() {
  // Upkeep moves rows from inbox_rows_ on; where it does not keep up, the writer pays.
  const size_t rows = parts_.inbox.rows();
  if (rows <= kInboxOverflow * inbox_rows_) return Ok();
  const Status moved = DrainFullest(rows - 1, [] { return false; });
  // A day that takes no rows is told by those who ask for it.
  if (parts_.inbox.rows() < rows) return Ok();
  return moved;
}

Status RowWriter::DrainFullest(size_t down_to, const std::function<bool()>& stop) {
  std::vector<std::pair<size_t, Day>> fullest;
  for (const auto& [day, rows] : parts_.inbox.Counts()) fullest.emplace_back(rows, day);
  std::sort(fullest.begin(), fullest.end(), std::greater<>());
  Status first = Ok();
  for (const auto& [rows, day] : fullest) {
    if (parts_.inbox.rows() <= down_to || stop()) break;
    // One day that takes no rows does not hold up the others.
    const Status drained = Drain(day);
    if (!drained && first) first = drained;
  }
  return first;
}

Status RowWriter::Drain(Day day) {
  // One pass in key order: it moves everything that was held when it began, and ends also while more
  // arrives.
  std::optional<RowKey> last;
  bool more = true;
  while (more && parts_.inbox.RowsOf(day) > 0) {
    SIGHTLINE_ASSIGN(const auto database, parts_.days.Open(day, /*create=*/true));
    SIGHTLINE_ASSIGN(more, DrainSome(day, *database, last));
  }
  return Ok();
}

Result<bool> RowWriter::DrainSome(Day day, DayDatabase& database, std::optional<RowKey>& last) {
  const MutexLock lock(mutex_);
  SIGHTLINE_ASSIGN(const std::vector<HeldRow> held, parts_.inbox.Rows(day, last, kDrainRows));
  if (held.empty()) return false;
  last = held.back().key;
  const Sequence counted = parts_.dictionary.counted();
  std::vector<NewRow> rows;
  std::vector<RowKey> keys;
  bool uncounted = false;
  for (const HeldRow& row : held) {
    keys.push_back(row.key);
    // A crash between the two writes below leaves a row in both.
    SIGHTLINE_ASSIGN(const bool stored, database.Contains(row.key));
    if (stored) continue;
    rows.push_back(row.AsNewRow());
    uncounted = uncounted || row.sequence > counted;
  }
  if (!rows.empty()) SIGHTLINE_RETURN_IF_ERROR(parts_.marks.MarkWritten({&day, 1}, uncounted));
  SIGHTLINE_RETURN_IF_ERROR(
      database.Write(rows, counted, [this](uint32_t number) { return CameraOf(number); }));
  parts_.marks.Update(day, database.state());
  SIGHTLINE_RETURN_IF_ERROR(parts_.inbox.Remove(day, keys));
  return held.size() == kDrainRows;
}

Status RowWriter::Settle() {
  for (const auto& database : parts_.days.OpenDays()) {
    const MutexLock lock(mutex_);
    SIGHTLINE_RETURN_IF_ERROR(database->DropCounted(parts_.dictionary.counted()));
    const bool recent = std::find(recent_days_.begin(), recent_days_.end(), database->day()) !=
                        recent_days_.end();
    if (!database->log().HasUncounted() && !recent) parts_.marks.MarkClean(database->day());
  }
  return Ok();
}

Status RowWriter::Discard(Day day) {
  while (parts_.inbox.RowsOf(day) > 0) {
    const MutexLock lock(mutex_);
    SIGHTLINE_ASSIGN(const std::vector<HeldRow> held, parts_.inbox.Rows(day, std::nullopt, kDrainRows));
    if (held.empty()) break;
    std::vector<RowKey> keys;
    for (const HeldRow& row : held) keys.push_back(row.key);
    SIGHTLINE_RETURN_IF_ERROR(parts_.inbox.Remove(day, keys));
  }
  return Ok();
}

Status RowWriter::Finish() {
  const MutexLock lock(mutex_);
  recent_days_.clear();
  SIGHTLINE_RETURN_IF_ERROR(
      parts_.catalog.WriteNumber(Catalog::kReservedSequence, last_sequence_));
  reserved_ = last_sequence_;
  return Ok();
}

}  // namespace sightline::storage
