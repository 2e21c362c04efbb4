#include "server/recall_sampler.h"

#include <algorithm>
#include <utility>

#include "core/background_work.h"
#include "core/log.h"

namespace sightline::server {
namespace {

using std::chrono::steady_clock;

constexpr size_t kMostWaiting = 4;
constexpr std::chrono::milliseconds kBetweenLooks{50};
// An exact search that takes longer is given up: it measures nothing.
constexpr std::chrono::minutes kLongest{1};
constexpr int kLowestPriority = 19;

std::vector<double> DistancesOf(const query::ImageAnswer& answer) {
  std::vector<double> distances;
  distances.reserve(answer.matches.size());
  for (const query::ImageMatch& match : answer.matches) distances.push_back(match.distance);
  return distances;
}

}  // namespace

double RecallOf(const std::vector<double>& approximate, const std::vector<double>& exact) {
  if (exact.empty()) return 1;
  const double farthest = *std::ranges::max_element(exact);
  const auto found = std::ranges::count_if(
      approximate, [&](double distance) { return distance <= farthest; });
  return std::min(1.0, static_cast<double>(found) / static_cast<double>(exact.size()));
}

RecallSampler::RecallSampler(const RecallSamplerOptions& options, Search search, IsBusy is_busy,
                             Report report)
    : options_(options),
      search_(std::move(search)),
      is_busy_(std::move(is_busy)),
      report_(std::move(report)),
      due_(steady_clock::now()),
      rested_(due_),
      thread_([this] { Run(); }) {}

RecallSampler::~RecallSampler() { Stop(); }

void RecallSampler::Stop() {
  cancellation_.Cancel();
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

void RecallSampler::Offer(const query::ImageRequest& request, const query::ImageAnswer& answer) {
  // What was compared row by row is exact, and says nothing.
  if (request.exact || answer.cost.index.segments_walked == 0 || options_.share <= 0) return;
  const auto now = steady_clock::now();
  MutexLock lock(mutex_);
  const bool picked =
      now >= due_ || std::uniform_real_distribution<double>(0, 1)(random_) < options_.share;
  if (!picked || stopping_ || waiting_.size() >= kMostWaiting) return;
  due_ = now + options_.longest_pause;
  Sample& sample = waiting_.emplace_back(Sample{request, DistancesOf(answer), now});
  sample.request.exact = true;
  sample.request.as_of = answer.as_of;
  changed_.NotifyOne();
}

void RecallSampler::Run() {
  LowerThreadPriority(kLowestPriority);
  Sample sample;
  while (Take(sample)) {
    const auto start = steady_clock::now();
    Measure(sample);
    const auto end = steady_clock::now();
    MutexLock lock(mutex_);
    rested_ = end + std::chrono::duration_cast<steady_clock::duration>(
                        (end - start) * (1 / options_.busy_share - 1));
  }
}

bool RecallSampler::Take(Sample& sample) {
  MutexLock lock(mutex_);
  for (;;) {
    if (stopping_) return false;
    const auto now = steady_clock::now();
    if (waiting_.empty()) {
      changed_.Wait(mutex_);
    } else if (now < rested_) {
      changed_.WaitFor(mutex_, rested_ - now);
    } else if (is_busy_() && now < waiting_.front().picked + options_.longest_wait) {
      changed_.WaitFor(mutex_, kBetweenLooks);
    } else {
      break;
    }
  }
  sample = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

void RecallSampler::Measure(const Sample& sample) {
  const Result<query::ImageAnswer> exact =
      search_(sample.request, cancellation_.WithDeadline(steady_clock::now() + kLongest));
  if (!exact) {
    // A day that retention has deleted meanwhile, or the server ends.
    Log(LogLevel::kDebug, "recall.not_measured", {{"code", ErrorCodeName(exact.error().code)}});
    return;
  }
  if (exact->matches.empty()) return;
  report_(exact->space.name, RecallOf(sample.distances, DistancesOf(*exact)));
}

}  // namespace sightline::server
