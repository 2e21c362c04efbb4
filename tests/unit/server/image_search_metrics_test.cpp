#include "server/image_search_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "server/metrics.h"

namespace sightline::server {
namespace {

query::ImageAnswer Answer(const std::string& space, const index::NearestCost& cost,
                          uint64_t microseconds) {
  query::ImageAnswer answer;
  answer.space.name = space;
  answer.cost.index = cost;
  answer.cost.microseconds = microseconds;
  answer.cost.records_read = 20;
  return answer;
}

// The value of the only line that begins so; -1 where there is none.
double ValueOf(const std::string& text, const std::string& series) {
  const size_t at = text.find("\n" + series + " ");
  return at == text.npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

TEST(ImageSearchMetrics, CountsWhatSearchesCostBySpaceAndPath) {
  Metrics metrics({0});
  const index::NearestCost cost{.segments = 9,
                                .segments_pruned = 5,
                                .segments_scanned = 3,
                                .segments_walked = 2,
                                .segments_without_graph = 1,
                                .rows_compared = 1'000,
                                .nodes_visited = 300,
                                .walks_given_up = 4};
  query::ImageRequest request;
  metrics.image_searches().Observe(request, Answer("vehicle", cost, 600));
  metrics.image_searches().Observe(request, Answer("vehicle", cost, 40'000));
  request.exact = true;
  metrics.image_searches().Observe(request, Answer("detail", cost, 100));
  const std::string text = metrics.Render({});

  const std::string name = "sightline_image_search_";
  EXPECT_EQ(ValueOf(text, name + "seconds_count{exact=\"false\",space=\"vehicle\"}"), 2);
  EXPECT_DOUBLE_EQ(ValueOf(text, name + "seconds_sum{exact=\"false\",space=\"vehicle\"}"), 0.0406);
  EXPECT_EQ(
      ValueOf(text, name + "seconds_bucket{exact=\"false\",space=\"vehicle\",le=\"0.001\"}"), 1);
  EXPECT_EQ(ValueOf(text, name + "seconds_count{exact=\"true\",space=\"detail\"}"), 1);
  EXPECT_EQ(ValueOf(text, name + "segments_total{path=\"pruned\",space=\"vehicle\"}"), 10);
  EXPECT_EQ(ValueOf(text, name + "segments_total{path=\"scanned\",space=\"vehicle\"}"), 6);
  EXPECT_EQ(ValueOf(text, name + "segments_total{path=\"walked\",space=\"vehicle\"}"), 4);
  EXPECT_EQ(ValueOf(text, name + "segments_total{path=\"without_graph\",space=\"vehicle\"}"), 2);
  EXPECT_EQ(ValueOf(text, name + "segments_total{path=\"given_up\",space=\"vehicle\"}"), 8);
  EXPECT_EQ(ValueOf(text, name + "rows_compared_total{space=\"vehicle\"}"), 2'000);
  EXPECT_EQ(ValueOf(text, name + "rows_compared_total{space=\"detail\"}"), 1'000);
  EXPECT_EQ(ValueOf(text, name + "nodes_visited_total{space=\"vehicle\"}"), 600);
  EXPECT_EQ(ValueOf(text, name + "records_read_total{space=\"vehicle\"}"), 40);
}

TEST(ImageSearchMetrics, RecallIsADistribution) {
  Metrics metrics({0});
  for (const double recall : {1.0, 1.0, 0.9, 0.4}) {
    metrics.image_searches().ObserveRecall("vehicle", recall);
  }
  const std::string text = metrics.Render({});
  const std::string name = "sightline_image_search_recall";
  EXPECT_EQ(ValueOf(text, name + "_count{space=\"vehicle\"}"), 4);
  EXPECT_DOUBLE_EQ(ValueOf(text, name + "_sum{space=\"vehicle\"}"), 3.3);
  EXPECT_EQ(ValueOf(text, name + "_bucket{space=\"vehicle\",le=\"0.5\"}"), 1);
  EXPECT_EQ(ValueOf(text, name + "_bucket{space=\"vehicle\",le=\"0.95\"}"), 2);
  EXPECT_EQ(ValueOf(text, name + "_bucket{space=\"vehicle\",le=\"1\"}"), 4);
}

}  // namespace
}  // namespace sightline::server
