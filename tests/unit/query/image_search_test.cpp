// Image search: what is asked, what is left out, how groups and pages are made, and what it says of
// travel. Every case runs on storage alone, on plain columns and on the real ones. What the answers
// hold in general is compared with brute force in tests/model/image_model_test.cpp.
#include "query/image_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kMidnight{int64_t{17'065} * kMillisecondsPerDay};
constexpr int64_t kHour = 3'600'000;

// A vector of "vehicle" that is so far from one of zeros, [0, 255].
std::string At(int distance) {
  std::string vector(128, '\0');
  vector[0] = static_cast<char>(distance);
  return vector;
}

Sighting Seen(const std::string& name, const std::string& plate, TimestampMs time,
              std::string vector) {
  Sighting sighting{.source_id = name, .camera_id = "c1", .time = time, .plate = plate,
                    .plate_read = plate};
  if (!vector.empty()) sighting.vectors = {{"vehicle", std::move(vector)}};
  return sighting;
}

class ImageSearchTest : public ::testing::TestWithParam<ColumnsKind> {
 protected:
  SightingId Add(Sighting sighting) { return filled_.Add({std::move(sighting)}).ids.front(); }

  Result<ImageAnswer> Try(const ImageRequest& request) {
    return SearchImage({.store = filled_.store(), .columns = columns_.get()}, request, {});
  }
  ImageAnswer Search(const ImageRequest& request) { return Try(request).value(); }

  // The names of the matches, in order.
  static std::string Names(const ImageAnswer& answer) {
    std::string names;
    for (const ImageMatch& match : answer.matches) {
      names += (names.empty() ? "" : " ") + *match.sighting.sighting.source_id;
    }
    return names;
  }

  FilledStore filled_{StoreKind::kMemory};
  ColumnsBeside columns_{filled_.store(), GetParam()};
};

TEST_P(ImageSearchTest, TheNearestOfAllDaysComeFirst) {
  Add(Seen("near", "A1", kMidnight, At(10)));
  Add(Seen("nearer", "A2", kMidnight + 30 * kHour, At(5)));
  Add(Seen("far", "A3", kMidnight + 60 * kHour, At(90)));
  Add(Seen("unknown", "A4", kMidnight + 61 * kHour, ""));
  const ImageAnswer answer = Search({.like = {{.vector = At(0)}}, .k = 2});
  EXPECT_EQ(Names(answer), "nearer near");
  EXPECT_EQ(answer.matches[0].distance, 5);
  EXPECT_EQ(answer.matches[1].distance, 10);
  EXPECT_TRUE(answer.more);
  EXPECT_EQ(answer.space.name, "vehicle");
  EXPECT_EQ(answer.as_of, filled_.store().VisibleSequence());
  EXPECT_EQ(answer.cost.days, 3u);
  EXPECT_EQ(Names(Search({.like = {{.vector = At(0)}}, .max_distance = 10})), "nearer near");
}

TEST_P(ImageSearchTest, TheSightingAskedWithIsLeftOut) {
  const SightingId asked = Add(Seen("asked", "A1", kMidnight, At(10)));
  Add(Seen("same look", "A1", kMidnight + 1, At(10)));
  Add(Seen("other", "A2", kMidnight + 2, At(20)));
  EXPECT_EQ(Names(Search({.like = {{.sighting = asked}}})), "same look other");
  EXPECT_EQ(Names(Search({.like = {{.vector = At(0)}}, .unlike = {{.sighting = asked}}})), "");
}

TEST_P(ImageSearchTest, SeveralExamplesAskForTheDistanceToTheNearest) {
  Add(Seen("first", "A1", kMidnight, At(11)));
  Add(Seen("second", "A2", kMidnight, At(97)));
  Add(Seen("between", "A3", kMidnight, At(50)));
  const ImageAnswer answer =
      Search({.like = {{.vector = At(10)}, {.vector = At(100)}}, .k = 2});
  EXPECT_EQ(Names(answer), "first second");
  EXPECT_EQ(answer.matches[1].distance, 3);
}

TEST_P(ImageSearchTest, WhatIsNearerToACounterExampleIsNoMatch) {
  for (int i = 0; i < 200; ++i) {
    Add(Seen("clone", "A1", kMidnight + i, At(6)));
  }
  Add(Seen("half way", "A2", kMidnight, At(5)));
  Add(Seen("wanted", "A3", kMidnight, At(1)));
  Add(Seen("far", "A4", kMidnight, At(200)));
  const ImageAnswer answer =
      Search({.like = {{.vector = At(0)}}, .unlike = {{.vector = At(10)}}, .k = 2});
  EXPECT_EQ(Names(answer), "wanted half way") << "as near to both is no reason";
  EXPECT_FALSE(answer.more);
}

TEST_P(ImageSearchTest, GroupsAreFullHoweverManySightingsThePlateOfTheNearestHas) {
  for (int i = 0; i < 3000; ++i) {
    Add(Seen("often" + std::to_string(i), "A0", kMidnight + i, At(i == 0 ? 1 : 2 + i % 2)));
  }
  for (int i = 1; i < 20; ++i) {
    for (int j = 0; j < 3; ++j) {
      Add(Seen("p" + std::to_string(i), "A" + std::to_string(i),
               kMidnight + 24 * kHour * (1 + j), At(10 + i + j)));
    }
  }
  Add(Seen("unread1", "", kMidnight, At(2)));
  Add(Seen("unread2", "", kMidnight, At(5)));
  const ImageAnswer answer =
      Search({.like = {{.vector = At(0)}}, .k = 6, .group_by_plate = true});
  EXPECT_EQ(Names(answer), "often0 unread1 unread2 p1 p2 p3");
  EXPECT_EQ(answer.matches[0].others, 2999u);
  EXPECT_EQ(answer.matches[1].others, 0u) << "each unread plate is a group of its own";
  EXPECT_EQ(answer.matches[3].others, 2u);
  EXPECT_TRUE(answer.more);
  EXPECT_LE(answer.cost.rounds, 4u) << "a plate that has its match is not asked for again";
  EXPECT_LE(answer.cost.records_read, 20u);

  const ImageAnswer all = Search({.like = {{.vector = At(0)}}, .k = 50, .group_by_plate = true});
  EXPECT_EQ(all.matches.size(), 22u);
  EXPECT_FALSE(all.more);
}

TEST_P(ImageSearchTest, OfEqualsTheLeastIdsAreInAnExactAnswer) {
  for (int i = 0; i < 300; ++i) Add(Seen(std::to_string(i), "A1", kMidnight + i, At(7)));
  ImageRequest request{.like = {{.vector = At(0)}}, .k = 4, .exact = true};
  EXPECT_EQ(Names(Search(request)), "0 1 2 3");
  request.exact = false;
  const ImageAnswer inexact = Search(request);
  EXPECT_EQ(inexact.matches.size(), 4u);
  EXPECT_TRUE(inexact.more);
  EXPECT_LE(inexact.cost.rounds, 2u) << "equals are no reason to look at everything";
}

TEST_P(ImageSearchTest, OthersPassTheFilterButNeedNoVectorAndAreNotAskedWith) {
  const SightingId asked = Add(Seen("asked", "A1", kMidnight, At(0)));
  Add(Seen("match", "A1", kMidnight + 1, At(1)));
  Add(Seen("farther", "A1", kMidnight + 2, At(100)));
  Add(Seen("not seen well", "A1", kMidnight + 3, ""));
  Add(Seen("too late", "A1", kMidnight + kHour, At(2)));
  const ImageRequest request{.like = {{.sighting = asked}, {.sighting = asked}},
                             .filter = {.time = {kMidnight, kMidnight + kHour}},
                             .max_distance = 50,
                             .group_by_plate = true};
  const ImageAnswer answer = Search(request);
  EXPECT_EQ(Names(answer), "match");
  EXPECT_EQ(answer.matches[0].others, 2u);
}

TEST_P(ImageSearchTest, ACorrectedPlateIsUsedFromTheCorrectionOn) {
  const SightingId id = Add(Seen("x", "A1", kMidnight, At(1)));
  const Sequence before = filled_.store().VisibleSequence();
  Correction correction;
  correction.plate = "B2";
  filled_.Correct(id, correction);
  ImageRequest request{.like = {{.vector = At(0)}}, .filter = {.plate_pattern = "B*"}};
  EXPECT_EQ(Names(Search(request)), "x");
  request.as_of = before;
  EXPECT_EQ(Names(Search(request)), "");
  request.filter.plate_pattern = "A*";
  EXPECT_EQ(Names(Search(request)), "x");
  EXPECT_EQ(Search(request).as_of, before);
}

TEST_P(ImageSearchTest, APageGoesOnBehindTheFarthestMatchOfTheOneBefore) {
  for (int i = 0; i < 10; ++i) {
    Add(Seen(std::to_string(i), "A" + std::to_string(i % 2), kMidnight + i, At(i / 2)));
  }
  ImageRequest request{.like = {{.vector = At(0)}}, .k = 3};
  std::vector<std::string> pages;
  for (bool more = true; more;) {
    const ImageAnswer answer = Search(request);
    pages.push_back(Names(answer));
    more = answer.more;
    EXPECT_EQ(answer.next.has_value(), more);
    request.as_of = answer.as_of;
    request.after = answer.next;
    request.skip = answer.next_skip;
  }
  EXPECT_EQ(pages, (std::vector<std::string>{"0 1 2", "3 4 5", "6 7 8", "9"}));

  request = {.like = {{.vector = At(0)}}, .k = 1, .group_by_plate = true};
  const ImageAnswer first = Search(request);
  EXPECT_EQ(Names(first), "0");
  request.after = first.next;
  request.skip = 0;  // a client's guess is no harm
  const ImageAnswer second = Search(request);
  EXPECT_EQ(Names(second), "1");
  EXPECT_FALSE(second.more);
}

TEST_P(ImageSearchTest, PagesEndAtTheGreatestDepth) {
  for (int i = 0; i < 30; ++i) Add(Seen(std::to_string(i), "", kMidnight + i, At(i)));
  ImageRequest request{.like = {{.vector = At(0)}}, .k = 10, .skip = kMaxDepth - 4};
  const ImageAnswer last = Search(request);
  EXPECT_EQ(last.matches.size(), 4u);
  EXPECT_FALSE(last.more);
  request.skip = kMaxDepth;
  EXPECT_TRUE(Search(request).matches.empty());
}

TEST_P(ImageSearchTest, WhatTheVehicleCouldNotHaveBeenComesBehind) {
  const auto at = [](Sighting sighting, double lon) {
    sighting.location = Position{lon, 0};
    return sighting;
  };
  const SightingId asked = Add(at(Seen("asked", "A1", kMidnight, At(0)), 0));
  Add(at(Seen("too fast", "A2", kMidnight + 60'000, At(1)), 1));
  Add(at(Seen("possible", "A3", kMidnight + 2 * kHour, At(2)), 1));
  Add(Seen("somewhere", "A4", kMidnight + 60'000, At(3)));
  Add(at(Seen("farthest", "A5", kMidnight + 5 * kHour, At(4)), 1));
  const ImageRequest request{.like = {{.vector = At(0)}, {.sighting = asked}},
                             .k = 3,
                             .travel = TravelBound{}};
  const ImageAnswer answer = Search(request);
  EXPECT_EQ(Names(answer), "possible somewhere too fast");
  EXPECT_FALSE(answer.matches[2].travel->possible);
  EXPECT_GT(answer.matches[2].travel->required->value, 180);
  EXPECT_TRUE(answer.matches[0].travel->possible);
  ASSERT_TRUE(answer.next);
  EXPECT_EQ(answer.next->distance, 3) << "of the farthest, not of the last";

  ImageRequest by_vector = request;
  by_vector.like = {{.vector = At(0)}};
  EXPECT_FALSE(Search(by_vector).matches[0].travel) << "only a sighting has a place and a time";
}

TEST_P(ImageSearchTest, AnotherSpaceIsAnotherQuestion) {
  const VectorSpace angles{.name = "angles",
                           .bytes = 128,
                           .element = VectorElement::kF32,
                           .metric = VectorMetric::kCosine};
  filled_.store().PutSpace(angles).value();
  const auto pointing = [](float x, float y) {
    std::string vector(128, '\0');
    std::memcpy(vector.data(), &x, sizeof(x));
    std::memcpy(vector.data() + sizeof(x), &y, sizeof(y));
    return vector;
  };
  Sighting both = Seen("both", "A1", kMidnight, At(7));
  both.vectors.insert(both.vectors.begin(), {"angles", pointing(1, 1)});
  Add(both);
  Add(Seen("one", "A2", kMidnight, At(1)));
  const ImageAnswer answer = Search({.space = "angles", .like = {{.vector = pointing(3, 0)}}});
  EXPECT_EQ(Names(answer), "both");
  EXPECT_NEAR(answer.matches[0].distance, 1 - std::sqrt(0.5), 1e-6);
  EXPECT_EQ(answer.space, angles);
}

TEST_P(ImageSearchTest, EachExampleThatCannotBeAskedWithIsNamed) {
  const SightingId bare = Add(Seen("bare", "A1", kMidnight, ""));
  const SightingId good = Add(Seen("good", "A1", kMidnight, At(1)));
  SightingId unknown = good;
  ++unknown.identity_hash;
  float not_a_number = std::numeric_limits<float>::quiet_NaN();
  std::string broken(128, '\0');
  std::memcpy(broken.data(), &not_a_number, sizeof(not_a_number));
  filled_.store()
      .PutSpace({.name = "floats", .bytes = 128, .element = VectorElement::kF32})
      .value();
  const std::vector<ImageExample> many(kMaxExamples + 1, {.vector = At(0)});

  struct Case {
    const char* name;
    ImageRequest request;
    ErrorCode code;
    std::string field;
  };
  const Case cases[] = {
      {"no example", {}, ErrorCode::kInvalidArgument, "/like"},
      {"too many", {.like = many}, ErrorCode::kInvalidArgument, "/like"},
      {"too short", {.like = {{.vector = "abc"}}}, ErrorCode::kInvalidArgument, "/like/0/vector"},
      {"not finite",
       {.space = "floats", .like = {{.vector = broken}}},
       ErrorCode::kInvalidArgument,
       "/like/0/vector"},
      {"unknown space",
       {.space = "smell", .like = {{.vector = At(0)}}},
       ErrorCode::kInvalidArgument,
       "/space"},
      {"unknown sighting",
       {.like = {{.sighting = good}, {.sighting = unknown}}},
       ErrorCode::kNotFound,
       "/like/1/sighting_id"},
      {"a sighting of later",
       {.like = {{.sighting = good}}, .as_of = 1},
       ErrorCode::kNotFound,
       "/like/0/sighting_id"},
      {"a sighting without a vector",
       {.like = {{.sighting = good}}, .unlike = {{.sighting = bare}}},
       ErrorCode::kUnacceptable,
       "/unlike/0/sighting_id"},
      {"k of 0", {.like = {{.vector = At(0)}}, .k = 0}, ErrorCode::kInvalidArgument, "/k"},
      {"k too great", {.like = {{.vector = At(0)}}, .k = 1001}, ErrorCode::kInvalidArgument, "/k"},
  };
  for (const Case& one : cases) {
    const Result<ImageAnswer> answer = Try(one.request);
    ASSERT_FALSE(answer) << one.name;
    EXPECT_EQ(answer.error().code, one.code) << one.name;
    EXPECT_EQ(answer.error().field, one.field) << one.name;
  }
  const Result<ImageAnswer> answer = Try(cases[4].request);
  EXPECT_NE(answer.error().message.find("detail"), std::string::npos) << "the known ones are named";
}

TEST_P(ImageSearchTest, AnErrorOfOneQuestionIsItsOwn) {
  Add(Seen("x", "A1", kMidnight, At(1)));
  const std::vector<ImageRequest> requests = {
      {.like = {{.vector = At(0)}}},
      {.like = {{.vector = "short"}}},
      {.like = {{.vector = At(5)}}}};
  const auto answers =
      SearchImages({.store = filled_.store(), .columns = columns_.get()}, requests, {});
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].value().matches.at(0).distance, 1);
  EXPECT_FALSE(answers[1]);
  EXPECT_EQ(answers[2].value().matches.at(0).distance, 4);
  EXPECT_EQ(answers[0]->cost.rounds, 1u);
  EXPECT_EQ(answers[2]->cost.rounds, 0u) << "it shares the round of the first";
}

TEST_P(ImageSearchTest, ACancelledSearchSaysSo) {
  Add(Seen("x", "A1", kMidnight, At(1)));
  Cancellation cancellation;
  cancellation.Cancel();
  const auto answer = SearchImage({.store = filled_.store(), .columns = columns_.get()},
                                  {.like = {{.vector = At(0)}}}, cancellation);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(Columns, ImageSearchTest,
                         ::testing::Values(ColumnsKind::kNone, ColumnsKind::kPlain,
                                           ColumnsKind::kIndex),
                         [](const auto& test) { return testing::ColumnsKindName(test.param); });

}  // namespace
}  // namespace sightline::query
