#include "ingest/store_feed.h"

#include <limits>
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
          .attributes = std::move(sighting.attributes),
          .vectors = std::move(sighting.vectors)};
}

class StoreDayFeed final : public index::DayFeed {
 public:
  explicit StoreDayFeed(std::shared_ptr<const storage::DayReader> day) : day_(std::move(day)) {}

  Day day() const override { return day_->day(); }
  uint64_t sealed_to() const override { return day_->sealed_to(); }
  uint64_t log_end() const override { return day_->log_end(); }

  Result<std::vector<index::IndexRow>> Read(uint64_t from, size_t limit) const override {
    return RowsOf(day_->ReadLog(from, limit));
  }

  Result<std::vector<index::IndexRow>> ReadVersions(
      std::span<const std::pair<RowKey, Sequence>> wanted) const override {
    std::vector<storage::RowVersion> versions;
    versions.reserve(wanted.size());
    for (const auto& [key, sequence] : wanted) versions.push_back({key, sequence});
    return RowsOf(versions);
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
  bool HasCorrections() const override { return day_->HasCorrections(); }

 private:
  Result<std::vector<index::IndexRow>> RowsOf(
      std::span<const storage::RowVersion> versions) const {
    std::vector<RowKey> keys;
    keys.reserve(versions.size());
    for (const storage::RowVersion& version : versions) keys.push_back(version.key);
    // Nearly all versions are the last ones of their rows: read together. A row that was corrected
    // since is read again as it was.
    SIGHTLINE_ASSIGN(std::vector<std::optional<StoredSighting>> records, day_->Get(keys, kLatest));
    std::vector<index::IndexRow> rows;
    rows.reserve(versions.size());
    for (size_t i = 0; i < versions.size(); ++i) {
      if (records[i] && VersionOf(*records[i]) != versions[i].sequence) {
        SIGHTLINE_ASSIGN(auto past, day_->Get({&keys[i], 1}, versions[i].sequence));
        records[i] = std::move(past.front());
      }
      if (!records[i] || VersionOf(*records[i]) != versions[i].sequence) return MissingRow();
      rows.push_back(ToIndexRow(versions[i], std::move(records[i]->sighting)));
    }
    return rows;
  }

  static Sequence VersionOf(const StoredSighting& record) {
    return record.corrected != 0 ? record.corrected : record.sequence;
  }

  Error MissingRow() const {
    return {ErrorCode::kCorruption,
            "day " + FormatDay(day()) + ": a version of a row is missing",
            {}};
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
