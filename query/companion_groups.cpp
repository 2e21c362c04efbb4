#include "query/companion_groups.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>

#include "query/false_discovery.h"

namespace sightline::query {
namespace {

// The shares of the work that finding pairs is, and weighing each from its first side, for progress.
constexpr double kPairsShare = 0.5;
constexpr double kFirstShare = 0.4;

constexpr size_t kPlatesAtOnce = 8;

// Sets of plates that are joined pair by pair.
class Unions {
 public:
  explicit Unions(size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), size_t{0});
  }
  size_t Find(size_t i) {
    while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
    return i;
  }
  void Join(size_t i, size_t j) { parents_[Find(j)] = Find(i); }

 private:
  std::vector<size_t> parents_;
};

// Who drives ahead: by how many of its pairs say that it leads, less those that say it follows.
std::vector<std::string> InDrivingOrder(const std::vector<CompanionPair>& pairs) {
  std::map<std::string, double> leads;
  for (const CompanionPair& pair : pairs) {
    const double lead = std::clamp(pair.other.median_gap_s / 1000, -1.0, 1.0) +
                        (pair.other.order == CompanionOrder::kBehind  ? 1
                         : pair.other.order == CompanionOrder::kAhead ? -1
                                                                      : 0);
    leads[pair.plate] += lead;
    leads[pair.other.plate] -= lead;
  }
  std::vector<std::string> plates;
  for (const auto& [plate, lead] : leads) plates.push_back(plate);
  std::ranges::stable_sort(plates, {}, [&](const std::string& plate) { return -leads[plate]; });
  return plates;
}

CompanionPairOptions PairOptions(const CompanionGroupsRequest& request) {
  return {.time = request.time,
          .within_ms = request.within_ms,
          .min_cameras = request.min_cameras,
          .as_of = request.as_of};
}

}  // namespace

CompanionGroupSearch::CompanionGroupSearch(const Sources& sources, CompanionGroupsRequest request,
                                           std::shared_ptr<const TravelTimes> travel_times,
                                           CompanionPairs::State state)
    : sources_(sources),
      request_(std::move(request)),
      travel_times_(std::move(travel_times)),
      pairs_(sources, PairOptions(request_), std::move(state)) {}

double CompanionGroupSearch::progress() const {
  if (!is_named_) return kPairsShare * pairs_.progress();
  const double weighed = plates_.empty() ? 1
                                         : static_cast<double>(next_plate_) /
                                               static_cast<double>(plates_.size());
  if (!is_second_side_) return kPairsShare + kFirstShare * weighed;
  return kPairsShare + kFirstShare + (1 - kPairsShare - kFirstShare) * weighed;
}

Result<bool> CompanionGroupSearch::Step(const Cancellation& cancellation) {
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  if (!is_named_) {
    SIGHTLINE_ASSIGN(const bool more, pairs_.Step(cancellation));
    if (more) return true;
    SIGHTLINE_ASSIGN(const auto named, pairs_.NameKept(cancellation));
    pairs_named_ = named.size();
    AskEachOnce(named);
    is_named_ = true;
    return true;
  }
  const size_t end = std::min(plates_.size(), next_plate_ + kPlatesAtOnce);
  for (; next_plate_ < end; ++next_plate_) {
    SIGHTLINE_RETURN_IF_ERROR(WeighPartners(next_plate_, cancellation));
  }
  if (next_plate_ < plates_.size()) return true;
  if (is_second_side_) return false;
  is_second_side_ = true;
  AskOtherSides();
  return true;
}

void CompanionGroupSearch::AskEachOnce(
    const std::vector<std::pair<std::string, std::string>>& pairs) {
  for (const auto& [a, b] : pairs) {
    partners_[a].push_back(b);
    partners_[b].push_back(a);
  }
  for (auto& [plate, others] : partners_) std::ranges::sort(others);
  std::set<std::string> asked;
  for (const auto& [a, b] : pairs) {
    asked.insert(partners_[a].size() >= partners_[b].size() ? a : b);
  }
  plates_.assign(asked.begin(), asked.end());
}

void CompanionGroupSearch::AskOtherSides() {
  // Of the pairs that were named none beyond this is significant, whatever the others turn out to
  // be: AdjustForDiscovery.
  const double most = kFalseDiscoveryRate * static_cast<double>(pairs_named_) /
                      static_cast<double>(pairs_.state().pairs);
  std::set<std::string> asked;
  for (const auto& [key, first] : waiting_) {
    if (first.companion.p_value <= most) {
      asked.insert(first.plate == key.first ? key.second : key.first);
    }
  }
  plates_.assign(asked.begin(), asked.end());
  next_plate_ = 0;
}

Status CompanionGroupSearch::WeighPartners(size_t index, const Cancellation& cancellation) {
  const std::string& plate = plates_[index];
  const std::vector<std::string>& partners = partners_.at(plate);
  const CompanionsRequest request{.target = {.plate = plate},
                                  .time = request_.time,
                                  .within_ms = request_.within_ms,
                                  .min_cameras = request_.min_cameras,
                                  .limit = partners.size(),
                                  .evidence_limit = request_.evidence_limit,
                                  .only = partners,
                                  .as_of = request_.as_of};
  SIGHTLINE_ASSIGN(CompanionsAnswer answer,
                   FindCompanions(sources_, request, *travel_times_, cancellation));
  for (Companion& companion : answer.companions) {
    const std::pair<std::string, std::string> key = std::minmax(plate, companion.plate);
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) {
      ++pairs_weighed_;
      waiting_.emplace(key, Side{plate, std::move(companion)});
      continue;
    }
    weighed_.push_back(Join(std::move(found->second), {plate, std::move(companion)}));
    waiting_.erase(found);
  }
  return Ok();
}

CompanionPair CompanionGroupSearch::Join(Side first, Side second) {
  if (first.plate > second.plate) std::swap(first, second);
  Companion& other = first.companion;
  other.p_value = std::max(other.p_value, second.companion.p_value);
  other.score = std::min(other.score, second.companion.score);
  return {std::move(first.plate), std::move(other)};
}

CompanionGroupsAnswer CompanionGroupSearch::Answer() const {
  CompanionGroupsAnswer answer{.hypotheses = pairs_.state().pairs,
                               .pairs_weighed = pairs_weighed_};
  std::vector<const CompanionPair*> pairs;
  for (const CompanionPair& pair : weighed_) pairs.push_back(&pair);
  std::ranges::sort(pairs, {}, [](const CompanionPair* pair) {
    return std::tuple(pair->other.p_value, -pair->other.score, std::string_view(pair->plate),
                      std::string_view(pair->other.plate));
  });
  std::vector<double> p_values;
  for (const CompanionPair* pair : pairs) p_values.push_back(pair->other.p_value);
  const std::vector<double> q_values = AdjustForDiscovery(p_values, answer.hypotheses);
  const auto significant = static_cast<size_t>(
      std::ranges::upper_bound(q_values, kFalseDiscoveryRate) - q_values.begin());

  // The surest pairs first, so that the last one that joins two sets is the group's weakest.
  std::unordered_map<std::string_view, size_t> numbers;
  for (size_t i = 0; i < significant; ++i) {
    numbers.emplace(pairs[i]->plate, numbers.size());
    numbers.emplace(pairs[i]->other.plate, numbers.size());
  }
  Unions unions(numbers.size());
  std::vector<bool> joins(significant);
  for (size_t i = 0; i < significant; ++i) {
    const size_t a = numbers.at(pairs[i]->plate);
    const size_t b = numbers.at(pairs[i]->other.plate);
    joins[i] = unions.Find(a) != unions.Find(b);
    unions.Join(a, b);
  }
  std::unordered_map<size_t, size_t> groups;
  for (size_t i = 0; i < significant; ++i) {
    const size_t root = unions.Find(numbers.at(pairs[i]->plate));
    const auto [place, is_new] = groups.try_emplace(root, answer.groups.size());
    if (is_new) answer.groups.emplace_back();
    CompanionGroup& group = answer.groups[place->second];
    group.pairs.push_back(*pairs[i]);
    Companion& other = group.pairs.back().other;
    other.q_value = q_values[i];
    other.significant = true;
    if (joins[i]) group.p_value = other.p_value;
  }
  for (CompanionGroup& group : answer.groups) group.plates = InDrivingOrder(group.pairs);
  answer.groups_found = answer.groups.size();
  if (answer.groups.size() > request_.limit) answer.groups.resize(request_.limit);
  return answer;
}

}  // namespace sightline::query
