#include "simulation/graphml_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sightline::simulation {
namespace {

class GraphMl : public testing::Test {
 protected:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      ("sightline-" + std::to_string(getpid()) + "-" +
       testing::UnitTest::GetInstance()->current_test_info()->name() + ".graphml");

  void TearDown() override { std::filesystem::remove(path_); }
  std::string Write(const std::string& text) const {
    std::ofstream(path_) << text;
    return path_.string();
  }
};

constexpr const char* kHead = R"(<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="a" for="node" attr.name="x" attr.type="string"/>
<key id="b" for="node" attr.name="y" attr.type="string"/>
<key id="c" for="edge" attr.name="length" attr.type="string"/>
<key id="d" for="edge" attr.name="highway" attr.type="string"/>
<key id="e" for="edge" attr.name="maxspeed" attr.type="string"/>
<key id="f" for="edge" attr.name="lanes" attr.type="string"/>
<key id="g" for="edge" attr.name="name" attr.type="string"/>
<graph edgedefault="directed">
<node id="7"><data key="a">114.00</data><data key="b">22.50</data></node>
<node id="8"><data key="a">114.01</data><data key="b">22.50</data></node>
<node id="9"><data key="a">114.02</data><data key="b">22.50</data></node>
)";
constexpr const char* kTail = "</graph></graphml>\n";

std::string Way(const char* from, const char* to, const std::string& data) {
  return std::string("<edge source=\"") + from + "\" target=\"" + to + "\">" + data + "</edge>\n";
}

TEST_F(GraphMl, ReadsWhatOsmnxWrites) {
  const std::string data =
      "<data key=\"c\">1500.5</data><data key=\"d\">['tertiary', 'residential']</data>"
      "<data key=\"e\">30 mph</data><data key=\"f\">['3', '2']</data><data key=\"g\">福华路 &amp; "
      "more</data>";
  const std::string plain = "<data key=\"c\">1500</data><data key=\"d\">residential</data>";
  const std::string footway = "<data key=\"c\">1100</data><data key=\"d\">footway</data>";
  const RoadGraph graph =
      ReadGraphMl(Write(kHead + Way("7", "8", data) + Way("8", "7", plain) +
                        Way("8", "9", footway) + Way("9", "8", footway) + kTail))
          .value();
  ASSERT_EQ(graph.node_count(), 2u);
  ASSERT_EQ(graph.edges().size(), 2u);
  const Edge& named = graph.edge(graph.first_out(0));
  EXPECT_NEAR(named.length_m, 1500.5, 0.05);
  EXPECT_EQ(named.road_class, RoadClass::kCollector);
  EXPECT_NEAR(named.speed_limit_kmh, 48.28, 0.01);
  EXPECT_EQ(named.lanes, 3);
  EXPECT_EQ(graph.name(named.name), "福华路 & more");
  const Edge& plain_road = graph.edge(graph.first_out(1));
  EXPECT_EQ(plain_road.speed_limit_kmh, 30);
  EXPECT_EQ(plain_road.lanes, 1);
}

TEST_F(GraphMl, SaysWhatIsWrongAndWhere) {
  const std::string road = "<data key=\"c\">1500</data>";
  const struct {
    const char* name;
    std::string text;
    const char* message;
  } cases[] = {
      {"not XML", "hello", ":1: syntax error"},
      {"cut off", kHead, "no element found"},
      {"no nodes", "<graphml></graphml>", "holds no nodes"},
      {"a node elsewhere", std::string(kHead) + "<node id=\"1\"><data key=\"a\">200</data></node>",
       ":14: a node without x and y"},
      {"an unknown node", kHead + Way("7", "77", road) + kTail, "nodes that are not there"},
      {"no length", kHead + Way("7", "8", "") + kTail, "without a length"},
      {"a length that is none", kHead + Way("7", "8", "<data key=\"c\">far</data>") + kTail,
       "without a length"},
      {"no way back", kHead + Way("7", "8", road) + kTail, "reached from each other"},
  };
  for (const auto& [name, text, message] : cases) {
    SCOPED_TRACE(name);
    const auto graph = ReadGraphMl(Write(text));
    ASSERT_FALSE(graph);
    EXPECT_EQ(graph.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(graph.error().message.find(path_.string()), std::string::npos);
    EXPECT_NE(graph.error().message.find(message), std::string::npos) << graph.error().message;
  }
  EXPECT_FALSE(ReadGraphMl("/no/such/file.graphml"));
}

TEST(RealRoads, OfFutianAreRead) {
  const char* root = std::getenv("SIGHTLINE_TEST_DATA");
  const std::filesystem::path folder =
      root != nullptr ? root : std::filesystem::path(SIGHTLINE_SOURCE_DIR) / "../shared/data";
  const std::filesystem::path path = folder / "roads/shenzhen-futian.graphml.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no real data at " << path;
  const RoadGraph graph = ReadGraphMl(path.string()).value();
  // 1,751 nodes and 4,009 edges, many of them footways.
  EXPECT_GT(graph.node_count(), 500u);
  EXPECT_LT(graph.node_count(), 1'751u);
  EXPECT_GT(graph.edges().size(), graph.node_count());
  size_t named = 0;
  for (const Edge& edge : graph.edges()) named += !graph.name(edge.name).empty();
  EXPECT_GT(named, graph.edges().size() / 2);
  for (const Position& position : graph.positions()) {
    EXPECT_NEAR(position.lon, 114.05, 0.1);
    EXPECT_NEAR(position.lat, 22.54, 0.1);
  }
}

}  // namespace
}  // namespace sightline::simulation
