#include "query/path_cost.h"

#include <algorithm>
#include <cmath>

namespace sightline::query {
namespace {

class Estimator {
 public:
  Estimator(const DayFacts& facts, const PathPrices& prices)
      : facts_(facts),
        prices_(prices),
        given_(static_cast<double>(std::min(facts.wanted, facts.passing))),
        share_(facts.passing > facts.wanted
                   ? static_cast<double>(facts.wanted) / static_cast<double>(facts.passing)
                   : 1.0) {}

  PathEstimate Plates() const {
    const double rows = static_cast<double>(facts_.plate_rows);
    // Rows of the plates pass the rest of the filter, or not, evenly.
    const double records = rows * share_;
    return Make(SearchPath::kPlates, rows, records,
                static_cast<double>(*facts_.plates) * prices_.plate_seek + rows * prices_.step +
                    records * prices_.get);
  }

  PathEstimate Time() const {
    // A minute is read whole, since its rows lie camera by camera.
    const double all = static_cast<double>(facts_.rows);
    const double rows = std::max(all * share_, all / std::max(1.0, static_cast<double>(facts_.minutes)));
    return Make(SearchPath::kTime, rows, rows,
                prices_.seek + rows * (prices_.step + prices_.decode));
  }

  PathEstimate CamerasTime() const {
    const double minutes = std::max(1.0, facts_.minutes * share_);
    const double met = static_cast<double>(facts_.rows) * share_;
    // From camera to camera by seeking, but never more than a walk over every row of the minute.
    const double jumps = static_cast<double>(*facts_.cameras) * minutes;
    const double walk = std::min(jumps * prices_.seek, minutes * prices_.seek + met * prices_.step);
    const double records = static_cast<double>(facts_.camera_rows) * share_;
    return Make(SearchPath::kCamerasTime, std::min(jumps, met) + records, records,
                walk + records * (prices_.step + prices_.decode));
  }

  PathEstimate Columns() const {
    const double rows = static_cast<double>(facts_.rows) * share_;
    return Make(SearchPath::kColumns, rows, given_,
                prices_.column_start + rows * prices_.column_row + given_ * prices_.get);
  }

 private:
  static PathEstimate Make(SearchPath path, double rows, double records, double nanoseconds) {
    const auto whole = [](double value) { return static_cast<uint64_t>(std::ceil(value)); };
    return {.path = path,
            .days_considered = 1,
            .rows = whole(rows),
            .records = whole(records),
            .microseconds = whole(nanoseconds / 1000)};
  }

  const DayFacts& facts_;
  const PathPrices& prices_;
  const double given_;  // rows that the day will give
  const double share_;  // of the rows met before the answer has enough
};

}  // namespace

std::vector<PathEstimate> EstimatePaths(const DayFacts& facts, const PathPrices& prices) {
  const Estimator estimator(facts, prices);
  std::vector<PathEstimate> estimates;
  if (facts.plates) estimates.push_back(estimator.Plates());
  estimates.push_back(estimator.Columns());
  estimates.push_back(facts.cameras ? estimator.CamerasTime() : estimator.Time());
  std::stable_sort(estimates.begin(), estimates.end(),
                   [](const PathEstimate& a, const PathEstimate& b) {
                     return a.microseconds < b.microseconds;
                   });
  return estimates;
}

}  // namespace sightline::query
