// How good approximate answers are, measured while the server runs.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/mutex.h"
#include "query/image_search.h"

namespace sightline::server {

struct RecallSamplerOptions {
  // Of the image searches that walked a graph, so many are asked again. 0: none.
  double share = 0.001;
  // One search at least in so long, where there are any; not with a share of 0.
  std::chrono::seconds longest_pause{60};
  // For other work to leave room: a server that is never idle is measured, too.
  std::chrono::seconds longest_wait{10};
  // Of one processor, in the long run.
  double busy_share = 0.05;
};

// Operation: a search that is picked is asked again, exactly and as of the same sequence, on a
// thread of the lowest priority, as soon as other work leaves room. Its recall is reported: of the
// matches of the exact answer, the share that the first answer had. Matches as near as the farthest
// one of the exact answer count, whichever they are. Searches that are picked while others wait to
// be asked again are let go.
//
// Concurrency: Offer is thread-safe and never waits for a search.
class RecallSampler {
 public:
  using Search =
      std::function<Result<query::ImageAnswer>(const query::ImageRequest&, const Cancellation&)>;
  // Whether there is as much other work as there is room for.
  using IsBusy = std::function<bool()>;
  using Report = std::function<void(std::string_view space, double recall)>;

  // The functions are called on the sampler's thread.
  RecallSampler(const RecallSamplerOptions& options, Search search, IsBusy is_busy, Report report);
  ~RecallSampler();  // as Stop
  RecallSampler(const RecallSampler&) = delete;
  RecallSampler& operator=(const RecallSampler&) = delete;

  // A search that was answered.
  void Offer(const query::ImageRequest& request, const query::ImageAnswer& answer);

  // Cuts short what runs and waits for the thread's end. Idempotent; for one thread.
  void Stop();

 private:
  struct Sample {
    query::ImageRequest request;    // the exact one
    std::vector<double> distances;  // of the first answer
    std::chrono::steady_clock::time_point picked;
  };

  void Run();
  // The next sample when it is its time; false when the sampler is to end.
  bool Take(Sample& sample);
  void Measure(const Sample& sample);

  const RecallSamplerOptions options_;
  const Search search_;
  const IsBusy is_busy_;
  const Report report_;
  Cancellation cancellation_;

  Mutex mutex_;
  ConditionVariable changed_;
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  std::deque<Sample> waiting_ SIGHTLINE_GUARDED_BY(mutex_);
  std::mt19937_64 random_ SIGHTLINE_GUARDED_BY(mutex_);
  // When a search is picked, whatever the share.
  std::chrono::steady_clock::time_point due_ SIGHTLINE_GUARDED_BY(mutex_);
  // Before that, nothing is asked again.
  std::chrono::steady_clock::time_point rested_ SIGHTLINE_GUARDED_BY(mutex_);
  std::thread thread_;
};

// Of the distances of an exact answer, how many of an approximate one are as near as its farthest,
// as a share. 1 where the exact answer is empty. Both in any order.
double RecallOf(const std::vector<double>& approximate, const std::vector<double>& exact);

}  // namespace sightline::server
