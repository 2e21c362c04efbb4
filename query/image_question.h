// One question of an image search on its way to an answer.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/error.h"
#include "query/image_days.h"
#include "query/image_examples.h"
#include "query/image_search.h"

namespace sightline::query {

// Operation: the days give so many nearest sightings; those that are no match are left out, and
// while matches are missing the question is asked again, twice as wide. Grouped, it is asked again
// without the plates that have their match, so that one plate's many sightings cost one round, and
// as wide as the groups so far let expect.
//
// Not thread-safe.
class ImageQuestion {
 public:
  // `request` outlives the object.
  ImageQuestion(const ImageRequest& request, ImageExamples examples);

  bool is_done() const { return is_done_; }

  // What to ask the days next, and without which plates. Requires !is_done().
  NearestAsk Ask() const;
  const std::vector<std::string>& without_plates() const { return without_plates_; }

  // What they gave.
  Status Take(std::vector<NearSighting> rows, ImageDays& days);

  // Everything but `as_of` and the time it took. Requires is_done().
  Result<ImageAnswer> Finish(ImageDays& days) &&;

  const ImageExamples& examples() const { return examples_; }
  ImageCost& cost() { return cost_; }

 private:
  // A sighting by its place in storage.
  struct Place {
    Day day;
    RowKey key;

    bool operator==(const Place&) const = default;
  };
  struct HashPlace {
    size_t operator()(const Place& place) const noexcept {
      return std::hash<RowKey>()(place.key) ^ (size_t{place.day.number} << 48);
    }
  };
  static Place PlaceOf(const NearSighting& row) { return {row.day, row.row.key}; }

  // Whether it was asked with, or stands for a group that has its match.
  Result<bool> IsLeftOut(const NearSighting& row, ImageDays& days) const;
  Result<bool> IsBehindLastPage(const NearSighting& row, ImageDays& days) const;
  // Whether rows[i] is a match, by its record; those that may be wanted next are read with it.
  Result<bool> IsMatch(const std::vector<NearSighting>& rows, size_t i, ImageDays& days);
  Status Read(const std::vector<NearSighting>& rows, size_t from, ImageDays& days);
  bool IsNearerToCounterExample(const Sighting& sighting) const;
  void NoteGroup(const NearSighting& row);
  // Asks for more rows the next time.
  void Widen(size_t groups_found);
  Status CountOthers(ImageDays& days, std::vector<ImageMatch>& matches) const;
  void JudgeTravels(std::vector<ImageMatch>& matches) const;

  const ImageRequest& request_;
  ImageExamples examples_;
  const size_t k_;    // of the page
  size_t asked_ = 0;  // for so many rows
  int rounds_ = 0;    // taken
  bool is_done_ = false;
  std::vector<NearSighting> matches_;  // of the page, and the first of the next one

  // Grouped: the groups that have their match, on this page or before it.
  std::unordered_set<std::string> plates_;
  std::unordered_set<Place, HashPlace> unread_;
  std::vector<std::string> without_plates_;  // plates_, ascending

  // Of the rows that were read; none: it is no match.
  std::unordered_map<Place, std::optional<StoredSighting>, HashPlace> records_;
  ImageCost cost_;
};

}  // namespace sightline::query
