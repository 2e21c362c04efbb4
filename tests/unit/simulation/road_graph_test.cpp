#include "simulation/road_graph.h"

#include <gtest/gtest.h>

#include "core/geo.h"
#include "simulation/route_table.h"

namespace sightline::simulation {
namespace {

constexpr Edge Road(uint32_t from, uint32_t to, float speed = 50, uint32_t name = 0) {
  return {.from = from,
          .to = to,
          .speed_limit_kmh = speed,
          .road_class = RoadClass::kLocal,
          .name = name};
}

// 0 - 1 - 2 in a row, 1.1 km apart, and 3 off the middle: a dead end that cannot be left.
RoadGraph::Parts Row() {
  return {.nodes = {{116.00, 40}, {116.01, 40}, {116.02, 40}, {116.01, 40.01}},
          .edges = {Road(0, 1), Road(1, 0), Road(1, 2, 50, 1), Road(2, 1, 50, 1), Road(1, 3)},
          .names = {"", "Main"}};
}

TEST(RoadGraph, KeepsWhereOneCanComeBackFrom) {
  const RoadGraph graph = RoadGraph::Make(Row()).value();
  EXPECT_EQ(graph.node_count(), 3u);
  EXPECT_EQ(graph.edges().size(), 4u);
}

TEST(RoadGraph, NoEdgeIsShorterThanTheStraightLine) {
  const RoadGraph graph = RoadGraph::Make(Row()).value();
  for (const Edge& edge : graph.edges()) {
    const double straight =
        GreatCircleDistance(graph.position(edge.from), graph.position(edge.to)).value;
    EXPECT_GE(edge.length_m, straight * 0.999);
    EXPECT_LE(edge.length_m, straight * 1.001 + 0.1);
  }
}

TEST(RoadGraph, GroupsEdgesByTheirNode) {
  const RoadGraph graph = RoadGraph::Make(Row()).value();
  for (uint32_t node = 0; node < graph.node_count(); ++node) {
    for (uint32_t i = graph.first_out(node); i < graph.first_out(node + 1); ++i) {
      EXPECT_EQ(graph.edge(i).from, node);
    }
    for (const uint32_t i : graph.incoming(node)) EXPECT_EQ(graph.edge(i).to, node);
  }
  EXPECT_EQ(graph.incoming(1).size(), 2u);
  EXPECT_EQ(graph.RoadsAt(2), std::vector<std::string>{"Main"});
  EXPECT_EQ(graph.RoadsAt(0), std::vector<std::string>{});
}

TEST(RoadGraph, HeadingsAreCompassDegrees) {
  RoadGraph::Parts parts{.nodes = {{116, 40}, {116.01, 40}, {116, 40.01}},
                         .edges = {Road(0, 1), Road(1, 0), Road(0, 2), Road(2, 0)},
                         .names = {""}};
  const RoadGraph graph = RoadGraph::Make(std::move(parts)).value();
  const auto heading = [&](uint32_t from, uint32_t to) {
    for (const Edge& edge : graph.edges()) {
      if (edge.from == from && edge.to == to) return graph.HeadingDegrees(edge);
    }
    return -1;
  };
  EXPECT_EQ(heading(0, 2), 0);
  EXPECT_EQ(heading(0, 1), 90);
  EXPECT_EQ(heading(2, 0), 180);
  EXPECT_EQ(heading(1, 0), 270);
}

TEST(RoadGraph, OfParallelEdgesTheFasterStays) {
  RoadGraph::Parts parts{.nodes = {{116, 40}, {116.01, 40}},
                         .edges = {Road(0, 1, 30), Road(0, 1, 80), Road(1, 0), Road(1, 1)},
                         .names = {""}};
  const RoadGraph graph = RoadGraph::Make(std::move(parts)).value();
  ASSERT_EQ(graph.edges().size(), 2u);
  EXPECT_EQ(graph.edge(graph.first_out(0)).speed_limit_kmh, 80);
}

TEST(RoadGraph, RefusesRoadsThatLeadNowhere) {
  RoadGraph::Parts parts{.nodes = {{116, 40}, {116.01, 40}}, .edges = {Road(0, 1)}, .names = {""}};
  const auto graph = RoadGraph::Make(std::move(parts));
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().code, ErrorCode::kInvalidArgument);
}

// A fast way round and a slow straight one:
//     1
//   /   \       0 -> 2 directly: 2.2 km at 20; by 1: about 3 km at 100
//  0 --- 2
TEST(RouteTable, StylesChooseDifferentWays) {
  RoadGraph::Parts parts{.nodes = {{116, 40}, {116.0128, 40.01}, {116.0256, 40}},
                         .edges = {Road(0, 1, 100), Road(1, 0, 100), Road(1, 2, 100),
                                   Road(2, 1, 100), Road(0, 2, 20), Road(2, 0, 20)},
                         .names = {""}};
  const RoadGraph graph = RoadGraph::Make(std::move(parts)).value();
  RouteTable routes(graph, 1);
  EXPECT_EQ(graph.edge(routes.Next(RouteStyle::kFree, 2, 0)).to, 1u);
  EXPECT_EQ(graph.edge(routes.Next(RouteStyle::kFree, 2, 1)).to, 2u);
  EXPECT_EQ(graph.edge(routes.Next(RouteStyle::kShort, 2, 0)).to, 2u);
}

}  // namespace
}  // namespace sightline::simulation
