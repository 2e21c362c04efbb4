#include "ingest/store_feed.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace sightline::ingest {
namespace {

constexpr Sequence kLatest = std::numeric_limits<Sequence>::max();

index::IndexRow ToIndexRow(const storage::RowVersion& version, Sighting&& sighting) {
  return {.key = version.key,
          .sequence = version.sequence,
          .plate = std::move(sighting.plate),
          .plate_color = std::move(sighting.plate_color),
          .location = sighting.location,
          .attributes = std::move(sighting.attributes)};
}

class StoreDayFeed final : public index::DayFeed {
 public:
  explicit StoreDayFeed(std::shared_ptr<const storage::DayReader> day) : day_(std::move(day)) {}

  Day day() const override { return day_->day(); }
  uint64_t sealed_to() const override { return day_->sealed_to(); }
  uint64_t log_end() const override { return day_->log_end(); }

  Result<std::vector<index::IndexRow>> Read(uint64_t from, size_t limit) const override {
    const std::vector<storage::RowVersion> versions = day_->ReadLog(from, limit);
    // Nearly all versions are in force still: those are read together, the others one by one.
    std::vector<RowKey> latest;
    latest.reserve(versions.size());
    for (const storage::RowVersion& version : versions) {
      if (day_->IsInForce(version, kLatest)) latest.push_back(version.key);
    }
    SIGHTLINE_ASSIGN(std::vector<std::optional<StoredSighting>> records, day_->Get(latest, kLatest));
    std::vector<index::IndexRow> rows;
    rows.reserve(versions.size());
    size_t next = 0;
    for (const storage::RowVersion& version : versions) {
      if (next < latest.size() && latest[next] == version.key &&
          day_->IsInForce(version, kLatest)) {
        SIGHTLINE_RETURN_IF_ERROR(Add(version, std::move(records[next]), rows));
        ++next;
      } else {
        SIGHTLINE_ASSIGN(std::vector<std::optional<StoredSighting>> past,
                         day_->Get({&version.key, 1}, version.sequence));
        SIGHTLINE_RETURN_IF_ERROR(Add(version, std::move(past.front()), rows));
      }
    }
    return rows;
  }

  std::vector<index::ListedSegment> Segments() const override {
    std::vector<index::ListedSegment> listed;
    for (storage::SegmentEntry& entry : day_->Segments()) {
      listed.push_back({.name = std::move(entry.name), .description = std::move(entry.description)});
    }
    return listed;
  }

  std::filesystem::path directory() const override { return day_->segment_directory(); }

  bool IsInForce(const RowKey& key, Sequence version, Sequence as_of) const override {
    return day_->IsInForce({.key = key, .sequence = version}, as_of);
  }

 private:
  Status Add(const storage::RowVersion& version, std::optional<StoredSighting> record,
             std::vector<index::IndexRow>& rows) const {
    if (!record) {
      return Error{ErrorCode::kCorruption,
                   "day " + FormatDay(day()) + ": the log names a row that is missing",
                   {}};
    }
    rows.push_back(ToIndexRow(version, std::move(record->sighting)));
    return Ok();
  }

  const std::shared_ptr<const storage::DayReader> day_;
};

}  // namespace

Result<std::shared_ptr<const index::DayFeed>> StoreFeed::Open(Day day) {
  SIGHTLINE_ASSIGN(std::shared_ptr<const storage::DayReader> reader, store_.OpenDay(day));
  if (reader == nullptr) return std::shared_ptr<const index::DayFeed>();
  return std::shared_ptr<const index::DayFeed>(std::make_shared<StoreDayFeed>(std::move(reader)));
}

Status StoreFeed::Commit(Day day, uint64_t sealed_to, std::span<const index::ListedSegment> added,
                         std::span<const std::string> removed) {
  std::vector<storage::SegmentEntry> entries;
  entries.reserve(added.size());
  for (const index::ListedSegment& segment : added) {
    entries.push_back({.name = segment.name, .description = segment.description});
  }
  return store_.CommitSegments(day, sealed_to, entries, removed);
}

Status StoreFeed::Reset(Day day) { return store_.DropSegments(day); }

}  // namespace sightline::ingest
