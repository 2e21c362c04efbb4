#include "server/recall_sampler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace sightline::server {
namespace {

using std::chrono::steady_clock;

query::ImageAnswer AnswerWith(const std::vector<double>& distances) {
  query::ImageAnswer answer;
  for (const double distance : distances) {
    query::ImageMatch& match = answer.matches.emplace_back();
    match.distance = distance;
  }
  answer.space.name = "vehicle";
  answer.as_of = 77;
  answer.cost.index.segments_walked = 1;
  return answer;
}

query::ImageRequest RequestOf(size_t k) {
  query::ImageRequest request;
  request.k = k;
  return request;
}

const RecallSampler::IsBusy kIdle = [] { return false; };
const RecallSampler::Report kUnheard = [](std::string_view, double) {};

// Every search is picked, and nothing rests.
constexpr RecallSamplerOptions kAlways{.share = 1, .busy_share = 1};

TEST(RecallOf, CountsWhatIsAsNearAsTheExactAnswer) {
  const struct {
    std::vector<double> approximate;
    std::vector<double> exact;
    double recall;
  } kCases[] = {
      {{1, 2, 3, 4}, {1, 2, 3, 4}, 1},
      {{1, 2, 3, 5}, {1, 2, 3, 4}, 0.75},
      {{1, 5, 6, 7}, {1, 2, 3, 4}, 0.25},
      {{1, 2}, {1, 2, 3, 4}, 0.5},
      {{}, {1}, 0},
      {{}, {}, 1},
      {{3, 3, 3}, {1, 3, 3}, 1},  // which of equals does not matter
      {{-5, -1}, {-5, -4}, 0.5},
      {{4, 2, 3, 1}, {2, 1, 4, 3}, 1},  // nor the order
  };
  for (const auto& c : kCases) EXPECT_DOUBLE_EQ(RecallOf(c.approximate, c.exact), c.recall);
}

TEST(RecallSampler, AsksAgainExactlyAndAsOfTheSameSequence) {
  std::promise<query::ImageRequest> asked;
  std::promise<std::pair<std::string, double>> reported;
  RecallSampler sampler(
      kAlways,
      [&](const query::ImageRequest& request, const Cancellation&) -> Result<query::ImageAnswer> {
        asked.set_value(request);
        return AnswerWith({1, 2, 3, 4});
      },
      kIdle,
      [&](std::string_view space, double recall) {
        reported.set_value({std::string(space), recall});
      });
  query::ImageRequest request = RequestOf(4);
  request.space = "vehicle";
  request.like = {{.sighting = std::nullopt, .vector = "bytes"}};
  request.skip = 9;
  sampler.Offer(request, AnswerWith({1, 2, 4, 8}));
  const query::ImageRequest again = asked.get_future().get();
  EXPECT_TRUE(again.exact);
  EXPECT_EQ(again.as_of, 77u);
  EXPECT_EQ(again.k, 4u);
  EXPECT_EQ(again.skip, 9u);
  EXPECT_EQ(again.like.at(0).vector, "bytes");
  const auto [space, recall] = reported.get_future().get();
  EXPECT_EQ(space, "vehicle");
  EXPECT_DOUBLE_EQ(recall, 0.75);
}

TEST(RecallSampler, WhatWasExactIsNotAskedAgain) {
  std::promise<size_t> first;
  RecallSampler sampler(
      kAlways,
      [&](const query::ImageRequest& request, const Cancellation&) -> Result<query::ImageAnswer> {
        first.set_value(request.k);
        return AnswerWith({1});
      },
      kIdle, kUnheard);
  query::ImageRequest exact = RequestOf(1);
  exact.exact = true;
  sampler.Offer(exact, AnswerWith({1}));
  query::ImageAnswer scanned = AnswerWith({1});
  scanned.cost.index.segments_walked = 0;
  scanned.cost.index.segments_scanned = 5;
  sampler.Offer(RequestOf(2), scanned);
  sampler.Offer(RequestOf(3), AnswerWith({1}));
  EXPECT_EQ(first.get_future().get(), 3u);
}

TEST(RecallSampler, PicksOneInALongTimeHoweverSmallTheShare) {
  for (const auto& [share, picked] : {std::pair(1e-15, 1), std::pair(0.0, 0)}) {
    std::atomic<int> asked = 0;
    std::promise<void> first;
    RecallSampler sampler(
        {.share = share, .longest_pause = std::chrono::hours(1), .busy_share = 1},
        [&](const query::ImageRequest&, const Cancellation&) -> Result<query::ImageAnswer> {
          if (++asked == 1) first.set_value();
          return AnswerWith({1});
        },
        kIdle, kUnheard);
    for (int i = 0; i < 1'000; ++i) sampler.Offer(RequestOf(1), AnswerWith({1}));
    if (picked > 0) first.get_future().wait();
    sampler.Stop();
    EXPECT_EQ(asked, picked);
  }
}

TEST(RecallSampler, ThePauseOverOneIsPicked) {
  std::atomic<int> asked = 0;
  std::promise<void> third;
  RecallSampler sampler(
      {.share = 1e-15, .longest_pause = std::chrono::seconds(0), .busy_share = 1},
      [&](const query::ImageRequest&, const Cancellation&) -> Result<query::ImageAnswer> {
        if (++asked == 3) third.set_value();
        return AnswerWith({1});
      },
      kIdle, kUnheard);
  for (int i = 0; i < 3; ++i) sampler.Offer(RequestOf(1), AnswerWith({1}));
  third.get_future().wait();
}

TEST(RecallSampler, OfferNeverWaitsAndWhatWaitsIsBounded) {
  std::promise<void> running;
  std::promise<void> go_on;
  std::shared_future<void> may_go_on = go_on.get_future().share();
  std::promise<void> fifth;
  std::atomic<int> asked = 0;
  RecallSampler sampler(
      kAlways,
      [&](const query::ImageRequest&, const Cancellation&) -> Result<query::ImageAnswer> {
        const int number = ++asked;
        if (number == 1) running.set_value();
        may_go_on.wait();
        if (number == 5) fifth.set_value();
        return AnswerWith({1});
      },
      kIdle, kUnheard);
  sampler.Offer(RequestOf(1), AnswerWith({1}));
  running.get_future().wait();
  for (int i = 0; i < 1'000; ++i) sampler.Offer(RequestOf(1), AnswerWith({1}));
  go_on.set_value();
  fifth.get_future().wait();
  sampler.Stop();
  EXPECT_EQ(asked, 5);  // the one that ran and four that waited
}

TEST(RecallSampler, WaitsWhileOtherWorkDoes) {
  std::atomic<int> looks = 0;
  std::promise<int> asked;
  RecallSampler sampler(
      kAlways,
      [&](const query::ImageRequest&, const Cancellation&) -> Result<query::ImageAnswer> {
        asked.set_value(looks);
        return AnswerWith({1});
      },
      [&] { return ++looks < 4; }, kUnheard);
  sampler.Offer(RequestOf(1), AnswerWith({1}));
  EXPECT_EQ(asked.get_future().get(), 4);
}

TEST(RecallSampler, IsNotKeptFromItsWorkForEver) {
  std::promise<void> asked;
  RecallSampler sampler(
      {.share = 1, .longest_wait = std::chrono::seconds(0), .busy_share = 1},
      [&](const query::ImageRequest&, const Cancellation&) -> Result<query::ImageAnswer> {
        asked.set_value();
        return AnswerWith({1});
      },
      [] { return true; }, kUnheard);
  sampler.Offer(RequestOf(1), AnswerWith({1}));
  asked.get_future().wait();
}

TEST(RecallSampler, RestsInProportionToItsWork) {
  constexpr std::chrono::milliseconds kWork{5};
  steady_clock::time_point first_end;
  std::atomic<int> asked = 0;
  std::promise<steady_clock::time_point> second;
  RecallSampler sampler(
      {.share = 1, .busy_share = 0.1},
      [&](const query::ImageRequest&, const Cancellation&) -> Result<query::ImageAnswer> {
        const auto start = steady_clock::now();
        if (++asked == 2) {
          second.set_value(start);
        } else {
          while (steady_clock::now() < start + kWork) {
          }
          first_end = steady_clock::now();
        }
        return AnswerWith({1});
      },
      kIdle, kUnheard);
  sampler.Offer(RequestOf(1), AnswerWith({1}));
  sampler.Offer(RequestOf(1), AnswerWith({1}));
  const auto second_start = second.get_future().get();
  EXPECT_GE(second_start - first_end, 9 * kWork);
}

TEST(RecallSampler, StopCutsARunningSearchShort) {
  std::promise<void> running;
  std::atomic<bool> reported = false;
  RecallSampler sampler(
      kAlways,
      [&](const query::ImageRequest&,
          const Cancellation& cancellation) -> Result<query::ImageAnswer> {
        running.set_value();
        for (;;) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      },
      kIdle, [&](std::string_view, double) { reported = true; });
  sampler.Offer(RequestOf(1), AnswerWith({1}));
  running.get_future().wait();
  sampler.Stop();
  sampler.Stop();
  EXPECT_FALSE(reported);
  sampler.Offer(RequestOf(1), AnswerWith({1}));  // comes late: nothing happens
}

}  // namespace
}  // namespace sightline::server
