#include "client/import/duplicates.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "api/sighting_json.h"
#include "core/sighting_id.h"

namespace sightline::client {
namespace {

// The identity of a row; nullopt for a row that has none (unread, without source_id) or that does
// not parse.
std::optional<uint64_t> IdentityOf(api::SightingParser& parser, std::string_view json) {
  const auto sighting = parser.Parse(json);
  if (!sighting || (!sighting->source_id && sighting->plate.empty())) return std::nullopt;
  return HashIdentity(sighting->camera_id, sighting->time, sighting->source_id, sighting->plate, 0);
}

// Gathers the rows of one range and, when it ends, tells what its duplicates were.
class RangeNotes {
 public:
  RangeNotes(const std::function<void(const DuplicateNote&)>& note, DuplicateSummary& summary)
      : note_(note), summary_(summary) {}

  void Row(uint64_t line, uint64_t earlier_line) {
    if (earlier_line != 0) {
      twins_.push_back({line, line, 1, earlier_line});
    } else {
      singles_.push_back(line);
    }
  }

  void End(const SentRange& range) {
    // Where the server counted fewer than there are twins, rows of an earlier run were in between;
    // the counts are the server's.
    const uint64_t within = std::min<uint64_t>(twins_.size(), range.duplicates);
    const uint64_t stored = range.duplicates - within;
    for (uint64_t i = 0; i < within; ++i) note_(twins_[i]);
    if (stored == singles_.size()) {
      for (const uint64_t line : singles_) note_({line, line, 1, 0});
    } else if (stored > 0) {
      note_({range.first_line, range.last_line, stored, 0});
    }
    summary_.within_file += within;
    summary_.already_stored += stored;
    twins_.clear();
    singles_.clear();
  }

 private:
  const std::function<void(const DuplicateNote&)>& note_;
  DuplicateSummary& summary_;
  std::vector<DuplicateNote> twins_;
  std::vector<uint64_t> singles_;
};

}  // namespace

Result<DuplicateSummary> ExplainDuplicates(BatchReader& reader,
                                           const std::vector<SentRange>& ranges,
                                           const std::set<uint64_t>& rejected,
                                           const std::function<void(const DuplicateNote&)>& note) {
  constexpr uint64_t kRowsAtATime = 1000;
  DuplicateSummary summary;
  RangeNotes notes(note, summary);
  api::SightingParser parser({}, /*spaces=*/nullptr);
  std::unordered_map<uint64_t, uint64_t> first_line_of;
  auto range = ranges.begin();
  Batch batch;
  while (range != ranges.end()) {
    SIGHTLINE_ASSIGN(const bool any, reader.Next(kRowsAtATime, batch));
    if (!any) break;
    std::string_view rest = batch.body;
    for (uint64_t number = 1; !rest.empty(); ++number) {
      const size_t end = rest.find('\n');
      const std::string_view json = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      const uint64_t line = batch.FileLine(number);
      while (range != ranges.end() && line > range->last_line) notes.End(*range++);
      if (range == ranges.end()) break;
      if (json.find_first_not_of(" \t\r") == std::string_view::npos || rejected.contains(line)) {
        continue;
      }
      uint64_t earlier_line = 0;
      if (const auto identity = IdentityOf(parser, json)) {
        const auto [place, is_first] = first_line_of.try_emplace(*identity, line);
        if (!is_first) earlier_line = place->second;
      }
      if (line >= range->first_line) notes.Row(line, earlier_line);
    }
  }
  while (range != ranges.end()) notes.End(*range++);
  return summary;
}

}  // namespace sightline::client
