#include "query/reading_sample.h"

#include <algorithm>
#include <span>
#include <utility>

namespace sightline::query {
namespace {

constexpr uint32_t kMinutes = static_cast<uint32_t>(kMillisecondsPerDay / kMillisecondsPerMinute);
constexpr auto kMinute = static_cast<uint32_t>(kMillisecondsPerMinute);
// Of the rows of a cell, one in so many is taken: rows of a cell are alike in camera and light.
constexpr uint32_t kOneOf = 4;
// After so many probes of which fewer than half met rows, cells become twice as wide.
constexpr size_t kProbesBetweenLooks = 64;
// A sample is of at least so many days where there are so many.
constexpr size_t kLeastDays = 4;
// Of a plate on a day, rows that are read until enough are of use.
constexpr size_t kMostTries = 8;

}  // namespace

ReadingSampler::ReadingSampler(storage::Store& store, const ReadingSampleLimits& limits,
                               uint64_t seed)
    : store_(store), limits_(limits), as_of_(store.VisibleSequence()), random_(seed) {
  for (const auto& camera : store.Cameras()) last_camera_ = std::max(last_camera_, camera->number);
}

uint32_t ReadingSampler::Below(uint32_t bound) {
  return std::uniform_int_distribution<uint32_t>(0, bound - 1)(random_);
}

Result<std::vector<Sighting>> ReadingSampler::Draw(const Accept& accept,
                                                   const Cancellation& cancellation) {
  std::vector<Day> days = store_.Days();
  std::ranges::reverse(days);
  if (days.size() > limits_.days) days.resize(limits_.days);
  std::vector<Sighting> readings;
  for (size_t i = 0; i < days.size() && readings.size() < limits_.readings; ++i) {
    const Result<DayPointer> day = store_.OpenDay(days[i]);
    if (!day || *day == nullptr) continue;
    days_.push_back(*day);
    const size_t shares = std::min(kLeastDays, days.size() - i);
    const size_t missing = limits_.readings - readings.size();
    SIGHTLINE_RETURN_IF_ERROR(DrawFrom(*day, readings.size() + (missing + shares - 1) / shares,
                                       accept, cancellation, readings));
  }
  std::ranges::shuffle(readings, random_);
  return readings;
}

Status ReadingSampler::DrawFrom(const DayPointer& day, size_t wanted, const Accept& accept,
                                const Cancellation& cancellation,
                                std::vector<Sighting>& readings) {
  const std::unique_ptr<storage::RowCursor> rows = day->Rows();
  uint32_t cameras_a_cell = 1;
  size_t met = 0;
  for (size_t probes = 1; probes <= limits_.probes && readings.size() < wanted; ++probes) {
    if (Probe(*day, *rows, cameras_a_cell, accept, readings)) ++met;
    if (probes % kProbesBetweenLooks != 0) continue;
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    if (met < kProbesBetweenLooks / 2 && cameras_a_cell < last_camera_) cameras_a_cell *= 2;
    met = 0;
  }
  if (readings.size() > wanted) readings.resize(wanted);
  return Ok();
}

bool ReadingSampler::Probe(const storage::DayReader& day, storage::RowCursor& rows,
                           uint32_t cameras_a_cell, const Accept& accept,
                           std::vector<Sighting>& readings) {
  const uint32_t minute = Below(kMinutes);
  const uint32_t first = Below(last_camera_ / cameras_a_cell + 1) * cameras_a_cell;
  bool met = false;
  for (rows.Seek({minute * kMinute, first, 0}); rows.Valid(); rows.Next()) {
    const storage::RowView& row = rows.row();
    if (row.key.ms_of_day / kMinute != minute || row.key.camera_number - first >= cameras_a_cell) {
      break;
    }
    met = true;
    if (row.sequence > as_of_ || Below(kOneOf) != 0) continue;
    Result<StoredSighting> read = day.Decode(row, as_of_);
    if (!read || read->sighting.plate.empty() || !accept(read->sighting)) continue;
    if (plates_.insert(read->sighting.plate).second) readings.push_back(std::move(read->sighting));
  }
  return met;
}

std::vector<Sighting> ReadingSampler::Others(const Sighting& reading, size_t count,
                                             const Accept& accept) {
  std::vector<Sighting> others;
  if (days_.empty()) return others;
  // Any of the days, and the reading's own where the plate was not seen then.
  const DayPointer& day = days_[Below(static_cast<uint32_t>(days_.size()))];
  OthersOn(*day, reading, count, accept, others);
  if (others.size() == count) return others;
  const auto own = std::ranges::find(days_, DayOf(reading.time), &storage::DayReader::day);
  if (own != days_.end() && *own != day) OthersOn(**own, reading, count, accept, others);
  return others;
}

void ReadingSampler::OthersOn(const storage::DayReader& day, const Sighting& reading, size_t count,
                              const Accept& accept, std::vector<Sighting>& others) {
  Result<std::vector<storage::PlateRow>> rows =
      day.PlateRows(reading.plate, {day.day().start(), day.day().end()}, as_of_);
  if (!rows) return;
  std::ranges::shuffle(*rows, random_);
  if (rows->size() > kMostTries + count) rows->resize(kMostTries + count);
  std::vector<RowKey> keys;
  for (const storage::PlateRow& row : *rows) keys.push_back(row.key);
  auto records = day.Get(keys, as_of_);
  if (!records) return;
  for (std::optional<StoredSighting>& record : *records) {
    if (others.size() == count) return;
    // The reading itself: what else is of the same camera and instant tells nothing either.
    if (!record || (record->sighting.time == reading.time &&
                    record->sighting.camera_id == reading.camera_id)) {
      continue;
    }
    if (accept(record->sighting)) others.push_back(std::move(record->sighting));
  }
}

}  // namespace sightline::query
