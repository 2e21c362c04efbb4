#include "query/image_question.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace sightline::query {
namespace {

// Rows asked for at first, for each that is needed: sightings of one vehicle lie together. A wider
// question without conditions costs less than a second one that has to pass over plates.
constexpr size_t kRowsPerGroup = 8;
constexpr size_t kTellingGroups = 4;
constexpr size_t kRowsPerMatchWithCounterExamples = 2;

// Records read at once at least, where many of them may turn out to be no match.
constexpr size_t kMinRead = 16;

// Rows asked for beyond those that are needed, so that the last of these are seldom among equals.
constexpr size_t kSpareRows = 3;

// An inexact search looks so often at most for all that are as near as its last match.
constexpr int kRoundsForEquals = 2;

// Of rows as near as the last there may be more that were not given: takes those that were out.
void DropLastEquals(std::vector<NearSighting>& rows) {
  const double last = rows.back().row.distance;
  while (!rows.empty() && rows.back().row.distance == last) rows.pop_back();
}

bool IsOfOneInstant(const NearSighting& a, const NearSighting& b) {
  return a.row.distance == b.row.distance && a.time() == b.time();
}

// Puts rows that are in order of (distance, time, camera number, identity) into that of (distance,
// id): they differ where cameras saw something at one instant.
Status OrderById(std::vector<NearSighting>& rows, ImageDays& days) {
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(first, rows.end(), [&](const NearSighting& row) {
      return !IsOfOneInstant(row, *first);
    });
    if (last - first > 1) {
      std::vector<std::pair<SightingId, NearSighting>> by_id;
      for (auto row = first; row != last; ++row) {
        SIGHTLINE_ASSIGN(const SightingId id, days.IdOf(*row));
        by_id.emplace_back(id, std::move(*row));
      }
      std::sort(by_id.begin(), by_id.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
      std::transform(by_id.begin(), by_id.end(), first,
                     [](auto& row) { return std::move(row.second); });
    }
    first = last;
  }
  return Ok();
}

// How many matches the page can have.
size_t PageSize(const ImageRequest& request) {
  return request.skip >= kMaxDepth ? 0 : std::min(request.k, kMaxDepth - request.skip);
}

double DistanceToNearest(const VectorSpace& space, const std::vector<std::string>& vectors,
                         const std::string& vector) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const std::string& one : vectors) {
    nearest = std::min(nearest, VectorDistance(space, one, vector));
  }
  return nearest;
}

}  // namespace

ImageQuestion::ImageQuestion(const ImageRequest& request, ImageExamples examples)
    : request_(request), examples_(std::move(examples)), k_(PageSize(request)) {
  is_done_ = k_ == 0;
  // One more tells whether there is another page.
  asked_ = request_.skip + k_ + 1 + examples_.sightings.size() + kSpareRows;
  if (!examples_.unlike.empty()) asked_ *= kRowsPerMatchWithCounterExamples;
  if (request_.group_by_plate) asked_ *= kRowsPerGroup;
}

NearestAsk ImageQuestion::Ask() const {
  return {.vectors = examples_.like,
          .k = asked_,
          .max_distance =
              request_.max_distance.value_or(std::numeric_limits<double>::infinity())};
}

Status ImageQuestion::Take(std::vector<NearSighting> rows, ImageDays& days) {
  const bool are_all = rows.size() < asked_;
  ++rounds_;
  if (!are_all && (request_.exact || rounds_ < kRoundsForEquals)) DropLastEquals(rows);
  SIGHTLINE_RETURN_IF_ERROR(OrderById(rows, days));
  const bool grouped = request_.group_by_plate;
  const size_t groups_before = plates_.size() + unread_.size();
  if (!grouped) matches_.clear();
  for (size_t i = 0; i < rows.size() && matches_.size() <= k_; ++i) {
    SIGHTLINE_ASSIGN(const bool is_left_out, IsLeftOut(rows[i], days));
    if (is_left_out) continue;
    SIGHTLINE_ASSIGN(const bool is_of_page, IsBehindLastPage(rows[i], days));
    if (!is_of_page && !grouped) continue;
    // A group of a page before this one needs no record, but to know which is its match.
    if (is_of_page || !examples_.unlike.empty()) {
      SIGHTLINE_ASSIGN(const bool is_match, IsMatch(rows, i, days));
      if (!is_match) continue;
    }
    if (grouped) NoteGroup(rows[i]);
    if (is_of_page) matches_.push_back(rows[i]);
  }
  is_done_ = are_all || matches_.size() > k_;
  if (is_done_) return Ok();
  without_plates_.assign(plates_.begin(), plates_.end());
  std::sort(without_plates_.begin(), without_plates_.end());
  Widen(plates_.size() + unread_.size() - groups_before);
  return Ok();
}

void ImageQuestion::Widen(size_t groups_found) {
  size_t wider = 2 * asked_;
  if (groups_found > 0) {
    // Groups to come are expected to be as large as these, unless these are too few to tell.
    const size_t rows_per_group = groups_found < kTellingGroups
                                      ? kRowsPerGroup * static_cast<size_t>(rounds_)
                                      : asked_ / groups_found + 1;
    const size_t missing = k_ + 1 - matches_.size();
    // Sightings of unread plates come again.
    wider = std::min(wider, unread_.size() + missing * rows_per_group * 5 / 4 +
                                examples_.sightings.size() + kSpareRows);
  }
  asked_ = wider;
}

Result<bool> ImageQuestion::IsLeftOut(const NearSighting& row, ImageDays& days) const {
  for (const StoredSighting& example : examples_.sightings) {
    if (row.time() != example.id.time || row.row.key.identity_hash != example.id.identity_hash) {
      continue;
    }
    SIGHTLINE_ASSIGN(const SightingId id, days.IdOf(row));
    if (id == example.id) return true;
  }
  if (!request_.group_by_plate) return false;
  return row.row.plate.empty() ? unread_.contains(PlaceOf(row)) : plates_.contains(row.row.plate);
}

Result<bool> ImageQuestion::IsBehindLastPage(const NearSighting& row, ImageDays& days) const {
  if (!request_.after) return true;
  const ImagePosition& after = *request_.after;
  if (row.row.distance != after.distance) return row.row.distance > after.distance;
  if (row.time() != after.id.time) return row.time() > after.id.time;
  SIGHTLINE_ASSIGN(const SightingId id, days.IdOf(row));
  return id > after.id;
}

void ImageQuestion::NoteGroup(const NearSighting& row) {
  if (row.row.plate.empty()) {
    unread_.insert(PlaceOf(row));
  } else {
    plates_.insert(row.row.plate);
  }
}

Result<bool> ImageQuestion::IsMatch(const std::vector<NearSighting>& rows, size_t i,
                                    ImageDays& days) {
  auto record = records_.find(PlaceOf(rows[i]));
  if (record == records_.end()) {
    SIGHTLINE_RETURN_IF_ERROR(Read(rows, i, days));
    record = records_.find(PlaceOf(rows[i]));
  }
  return record->second.has_value();
}

Status ImageQuestion::Read(const std::vector<NearSighting>& rows, size_t from, ImageDays& days) {
  size_t count = k_ + 1 - matches_.size();
  if (!examples_.unlike.empty()) count = std::max(count, kMinRead);
  std::vector<const NearSighting*> wanted = {&rows[from]};
  std::unordered_set<std::string_view> plates = {rows[from].row.plate};
  for (size_t i = from + 1; i < rows.size() && wanted.size() < count; ++i) {
    if (records_.contains(PlaceOf(rows[i]))) continue;
    SIGHTLINE_ASSIGN(const bool is_left_out, IsLeftOut(rows[i], days));
    if (is_left_out) continue;
    const std::string& plate = rows[i].row.plate;
    if (request_.group_by_plate && !plate.empty() && !plates.insert(plate).second) continue;
    wanted.push_back(&rows[i]);
  }
  SIGHTLINE_ASSIGN(std::vector<std::optional<StoredSighting>> records, days.Read(wanted, cost_));
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (records[i] && IsNearerToCounterExample(records[i]->sighting)) records[i].reset();
    records_.emplace(PlaceOf(*wanted[i]), std::move(records[i]));
  }
  return Ok();
}

bool ImageQuestion::IsNearerToCounterExample(const Sighting& sighting) const {
  if (examples_.unlike.empty()) return false;
  const std::string* vector = VectorOf(sighting, examples_.space);
  return vector != nullptr && DistanceToNearest(examples_.space, examples_.unlike, *vector) <
                                  DistanceToNearest(examples_.space, examples_.like, *vector);
}

Result<ImageAnswer> ImageQuestion::Finish(ImageDays& days) && {
  ImageAnswer answer{.space = examples_.space};
  answer.more = matches_.size() > k_ && request_.skip + k_ < kMaxDepth;
  answer.matches.reserve(matches_.size());
  for (const NearSighting& row : matches_) {
    answer.matches.push_back({.distance = row.row.distance,
                              .sighting = std::move(*records_.at(PlaceOf(row)))});
  }
  // A later round of an inexact search may find nearer groups than one before.
  const auto before = [](const ImageMatch& a, const ImageMatch& b) {
    return std::tie(a.distance, a.sighting.id) < std::tie(b.distance, b.sighting.id);
  };
  if (!std::is_sorted(answer.matches.begin(), answer.matches.end(), before)) {
    std::sort(answer.matches.begin(), answer.matches.end(), before);
  }
  if (answer.matches.size() > k_) answer.matches.resize(k_);
  if (answer.more) {
    answer.next = {answer.matches.back().distance, answer.matches.back().sighting.id};
    answer.next_skip = request_.skip + k_;
  }
  if (request_.group_by_plate) SIGHTLINE_RETURN_IF_ERROR(CountOthers(days, answer.matches));
  if (request_.travel) JudgeTravels(answer.matches);
  answer.cost = cost_;
  return answer;
}

Status ImageQuestion::CountOthers(ImageDays& days, std::vector<ImageMatch>& matches) const {
  std::vector<std::string> plates;
  for (const ImageMatch& match : matches) {
    if (!match.sighting.sighting.plate.empty()) plates.push_back(match.sighting.sighting.plate);
  }
  if (plates.empty()) return Ok();
  std::sort(plates.begin(), plates.end());
  SIGHTLINE_ASSIGN(const std::vector<uint64_t> counts, days.CountByPlate(plates));
  for (ImageMatch& match : matches) {
    const std::string& plate = match.sighting.sighting.plate;
    if (plate.empty()) continue;
    const auto place = std::lower_bound(plates.begin(), plates.end(), plate);
    match.others = counts[static_cast<size_t>(place - plates.begin())];
    // Neither the match nor what was asked with is another.
    uint64_t known = 1;
    for (auto example = examples_.sightings.begin(); example != examples_.sightings.end();
         ++example) {
      const bool is_new = std::none_of(
          examples_.sightings.begin(), example,
          [&](const StoredSighting& earlier) { return earlier.id == example->id; });
      if (is_new && example->sighting.plate == plate &&
          days.matcher().Matches(example->sighting)) {
        ++known;
      }
    }
    match.others -= std::min(match.others, known);
  }
  return Ok();
}

void ImageQuestion::JudgeTravels(std::vector<ImageMatch>& matches) const {
  if (!examples_.first_like) return;
  for (ImageMatch& match : matches) {
    match.travel =
        JudgeTravel(*request_.travel, *examples_.first_like, match.sighting.sighting);
  }
  std::stable_partition(matches.begin(), matches.end(),
                        [](const ImageMatch& match) { return match.travel->possible; });
}

}  // namespace sightline::query
