#include "query/plate_list.h"

#include "core/plate.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr size_t kPlatesBetweenChecks = 1000;

}  // namespace

Result<PlateListPage> ListPlates(const Sources& sources, const PlateListRequest& request,
                                 const Cancellation& cancellation) {
  PlateListPage page;
  page.as_of = VisibleAt(sources.store, request.as_of);
  const std::string prefix = LiteralPrefix(request.pattern);
  const bool is_one_plate = !request.pattern.empty() && !HasWildcard(request.pattern);
  Status checked = Ok();
  size_t visited = 0;
  const auto visit = [&](const storage::PlateSummary& summary) {
    if (++visited % kPlatesBetweenChecks == 0) {
      checked = cancellation.Check();
      if (!checked) return false;
    }
    // The plate itself comes before every longer one that it begins.
    if (is_one_plate && summary.plate != prefix) return false;
    if (!request.pattern.empty() && !MatchesPlatePattern(summary.plate, request.pattern)) {
      return true;
    }
    if (page.plates.size() == request.limit) {
      page.more = true;
      return false;
    }
    page.plates.push_back({summary, std::nullopt});
    return true;
  };
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  SIGHTLINE_RETURN_IF_ERROR(sources.store.VisitPlates(prefix, request.after, page.as_of, visit));
  SIGHTLINE_RETURN_IF_ERROR(checked);
  return page;
}

}  // namespace sightline::query
