#include "simulation/city.h"

#include "simulation/city_generator.h"
#include "simulation/graphml_reader.h"

namespace sightline::simulation {

Result<City> City::Build(const SimulationOptions& options) {
  SIGHTLINE_RETURN_IF_ERROR(Validate(options));
  SIGHTLINE_ASSIGN(RoadGraph graph,
                   options.roads.empty()
                       ? GenerateCity(options.seed, options.cameras, options.scheme)
                       : ReadGraphMl(options.roads));
  auto roads = std::make_unique<const RoadGraph>(std::move(graph));
  SIGHTLINE_ASSIGN(CameraNetwork cameras, CameraNetwork::Place(*roads, options));
  Traffic traffic(*roads, options.seed, options.first_weekday);
  Places places(*roads, options.seed);
  RouteTable routes(*roads, options.seed);
  return City{std::move(roads), std::move(traffic), std::move(cameras), std::move(places),
              std::move(routes)};
}

}  // namespace sightline::simulation
