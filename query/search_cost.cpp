#include "query/search_cost.h"

namespace sightline::query {

std::string_view SearchPathName(SearchPath path) {
  switch (path) {
    case SearchPath::kPlate: return "plate";
    case SearchPath::kPlates: return "plates";
    case SearchPath::kCamerasTime: return "cameras_time";
    case SearchPath::kColumns: return "columns";
    case SearchPath::kTime: return "time";
  }
  return "time";
}

}  // namespace sightline::query
