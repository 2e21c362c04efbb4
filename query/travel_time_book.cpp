#include "query/travel_time_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/log.h"
#include "query/learned_travel_times.h"
#include "query/snapshot.h"
#include "query/travel_day.h"
#include "query/travel_day_learner.h"
#include "storage/store.h"

namespace sightline::query {
namespace {

constexpr const char* kHeadTable = "travel_days";
constexpr const char* kCountTable = "travel_times";
// Models that are kept beside the one in force, for sweeps of one window after the other.
constexpr size_t kKeptModels = 3;
// A sweep learns a day of its window again where it grew by more than one part in so many.
constexpr uint64_t kMuchChange = 100;

Result<uint64_t> VersionsOf(storage::Store& store, Day day) {
  SIGHTLINE_ASSIGN(const auto reader, store.OpenDay(day));
  return reader ? reader->log_end() : 0;
}

}  // namespace

TravelTimeBook::TravelTimeBook(const Sources& sources, const Clock& clock,
                               TravelLearningOptions options)
    : sources_(sources),
      clock_(clock),
      options_(std::move(options)),
      zone_(options_.zone ? *options_.zone : TimeZone::Named("UTC").value()),
      rules_(fmt::format("1 {} {} {} {}", zone_.name(), options_.bound.max_speed.value,
                         options_.bound.slack_s, options_.bound.slack.value)),
      unlearned_(UnlearnedTravelTimes(options_.bound, zone_)),
      current_{.content = {}, .model = unlearned_} {}

Status TravelTimeBook::Load() {
  SIGHTLINE_ASSIGN(const auto entries, sources_.store.Entries(kHeadTable));
  {
    MutexLock lock(mutex_);
    for (const auto& [key, text] : entries) {
      const Result<Day> day = ParseDay(key);
      Head head;
      const char* const end = text.data() + text.size();
      const auto [rest, error] = std::from_chars(text.data(), end, head.versions);
      if (!day || error != std::errc() || rest == end) continue;
      head.rules.assign(rest + 1, end);
      if (head.rules == rules_) heads_.emplace(*day, std::move(head));
    }
  }
  return Publish();
}

std::shared_ptr<const TravelTimes> TravelTimeBook::Current() const {
  MutexLock lock(mutex_);
  return current_.model;
}

TravelTimeBook::Content TravelTimeBook::ContentUpTo(Day last) const {
  MutexLock lock(mutex_);
  Content content;
  for (auto head = heads_.upper_bound(last);
       head != heads_.begin() && content.size() < options_.days;) {
    content.insert(*--head);
  }
  return content;
}

Result<TravelTimeBook::Made> TravelTimeBook::ModelOf(const Content& content) const {
  if (content.empty()) return Made{content, unlearned_};
  {
    MutexLock lock(mutex_);
    if (current_.content == content) return current_;
    const auto made = std::ranges::find(made_, content, &Made::content);
    if (made != made_.end()) return *made;
  }
  TravelGraphBuilder builder(options_.bound);
  for (auto each = content.rbegin(); each != content.rend(); ++each) {
    const Day day = each->first;
    SIGHTLINE_ASSIGN(const auto bytes, sources_.store.GetEntry(kCountTable, FormatDay(day)));
    Result<TravelDay> counts = DecodeTravelDay(bytes.value_or(""));
    if (!counts) {
      MutexLock lock(mutex_);
      heads_.erase(day);
      return counts.error();
    }
    builder.Add(*counts);
  }
  Made made{content, std::make_shared<const LearnedTravelTimes>(std::move(builder).Build(),
                                                                options_.bound, zone_)};
  MutexLock lock(mutex_);
  made_.push_back(made);
  if (made_.size() > kKeptModels) made_.pop_front();
  return made;
}

Status TravelTimeBook::Learn(Day day, const Cancellation& cancellation) const {
  const Sequence as_of = sources_.store.VisibleSequence();
  SIGHTLINE_ASSIGN(const uint64_t versions, VersionsOf(sources_.store, day));
  SIGHTLINE_ASSIGN(TravelDay counts, LearnTravelDay(sources_, day, as_of, options_.bound, zone_,
                                                    cancellation));
  counts.versions = versions;
  const std::string key = FormatDay(day);
  const std::string head = fmt::format("{} {}", versions, rules_);
  const std::string bytes = EncodeTravelDay(counts);
  const storage::EntryChange changes[] = {{kCountTable, key, bytes}, {kHeadTable, key, head}};
  SIGHTLINE_RETURN_IF_ERROR(sources_.store.ChangeEntries(changes));
  Log(LogLevel::kInfo, "travel_times.learned",
      {{"day", key},
       {"readings", counts.readings},
       {"plates", counts.plates},
       {"plates_left_out", counts.plates_left_out},
       {"bins", counts.bins.size()},
       {"bytes", bytes.size()}});
  MutexLock lock(mutex_);
  heads_.insert_or_assign(day, Head{versions, rules_});
  return Ok();
}

Result<std::shared_ptr<const TravelTimes>> TravelTimeBook::LearnedFor(
    Interval window, const Cancellation& cancellation) const {
  std::vector<Day> days = DaysIn(sources_.store, window);
  if (days.empty()) return Current();
  const Day last = days.back();
  if (days.size() > options_.days) {
    days.erase(days.begin(), days.end() - static_cast<std::ptrdiff_t>(options_.days));
  }
  for (const Day day : days) {
    SIGHTLINE_ASSIGN(const uint64_t versions, VersionsOf(sources_.store, day));
    std::optional<uint64_t> learned;
    {
      MutexLock lock(mutex_);
      const auto head = heads_.find(day);
      if (head != heads_.end()) learned = head->second.versions;
    }
    const bool much_changed =
        !learned || versions < *learned || versions - *learned > *learned / kMuchChange;
    if (much_changed) SIGHTLINE_RETURN_IF_ERROR(Learn(day, cancellation));
  }
  SIGHTLINE_ASSIGN(const Made made, ModelOf(ContentUpTo(last)));
  return made.model;
}

bool TravelTimeBook::IsDue(Day day, uint64_t versions) {
  const TimestampMs now = clock_.Now();
  MutexLock lock(mutex_);
  const auto [watched, is_new] = watched_.try_emplace(day, Watched{versions, now});
  if (watched->second.versions != versions) watched->second = {versions, now};
  const auto head = heads_.find(day);
  if (head == heads_.end() || versions >= head->second.versions * 2) return versions > 0;
  return versions != head->second.versions &&
         now - watched->second.since >= options_.quiet_ms;
}

Status TravelTimeBook::ForgetDeleted(const std::vector<Day>& stored) {
  std::vector<Day> gone;
  {
    MutexLock lock(mutex_);
    for (const auto& [day, head] : heads_) {
      if (!std::ranges::binary_search(stored, day)) gone.push_back(day);
    }
  }
  for (const Day day : gone) {
    const std::string key = FormatDay(day);
    const storage::EntryChange changes[] = {{kCountTable, key, std::nullopt},
                                            {kHeadTable, key, std::nullopt}};
    SIGHTLINE_RETURN_IF_ERROR(sources_.store.ChangeEntries(changes));
    MutexLock lock(mutex_);
    heads_.erase(day);
    watched_.erase(day);
  }
  return Ok();
}

Status TravelTimeBook::Publish() {
  for (;;) {
    Result<Made> made = ModelOf(ContentUpTo(DayOf(kMaxTimestamp - 1)));
    if (made) {
      MutexLock lock(mutex_);
      current_ = *std::move(made);
      return Ok();
    }
    if (made.error().code != ErrorCode::kCorruption) return made.error();
    Log(LogLevel::kWarning, "travel_times.not_read", {{"reason", made.error().message}});
  }
}

Result<size_t> TravelTimeBook::LearnEachDue(const std::vector<Day>& days,
                                            const Cancellation& cancellation) {
  size_t learned = 0;
  const size_t newest = std::min(days.size(), options_.days);
  for (size_t i = 0; i < newest; ++i) {
    const Day day = days[days.size() - 1 - i];
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const Result<uint64_t> versions = VersionsOf(sources_.store, day);
    if (versions && !IsDue(day, *versions)) continue;
    const Status status = versions ? Learn(day, cancellation) : Status(versions.error());
    if (!status && status.error().code == ErrorCode::kCancelled) return status.error();
    if (!status) {
      Log(LogLevel::kWarning, "travel_times.not_learned",
          {{"day", FormatDay(day)}, {"reason", status.error().message}});
      continue;
    }
    // The first day gives a model; the others are worth waiting for.
    if (++learned == 1) SIGHTLINE_RETURN_IF_ERROR(Publish());
  }
  return learned;
}

Result<size_t> TravelTimeBook::LearnDue(const Cancellation& cancellation) {
  const std::vector<Day> stored = sources_.store.Days();
  SIGHTLINE_RETURN_IF_ERROR(ForgetDeleted(stored));
  SIGHTLINE_ASSIGN(const size_t learned, LearnEachDue(stored, cancellation));
  SIGHTLINE_RETURN_IF_ERROR(Publish());
  return learned;
}

}  // namespace sightline::query
