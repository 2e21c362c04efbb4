#include "server/conflict_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "server/known_vehicles.h"

namespace sightline::server {
namespace {

using query::Conflict;
using query::ConflictKind;
using query::KnownVehicle;

constexpr std::string_view kTable = "conflicts";
constexpr size_t kBatch = 500;

Error UnknownConflict() { return NotFound("there is no conflict with this id"); }

ConflictSummary SummaryOf(const ConflictRecord& record) {
  const Conflict& conflict = record.conflict;
  return {.id = record.id,
          .plate = conflict.plate,
          .number = record.number,
          .kind = conflict.kind,
          .status = record.status(),
          .confidence = conflict.confidence,
          .evidence = {conflict.first, conflict.last + 1},
          .changed = record.changed,
          .found_as_of = record.found_as_of,
          .spans = record.spans,
          .found_by = record.found_by};
}

bool Passes(const ConflictFilter& filter, const ConflictSummary& summary) {
  return summary.evidence.from < filter.time.to && filter.time.from < summary.evidence.to &&
         (!filter.status || summary.status == *filter.status) &&
         (!filter.kind || summary.kind == *filter.kind) &&
         summary.confidence >= filter.min_confidence &&
         (!filter.since || summary.changed >= *filter.since) &&
         summary.found_as_of <= filter.as_of;
}

// Whether it is news: more readings of vehicles that are known already are none.
bool SaysTheSame(const Conflict& a, const Conflict& b) {
  return a.kind == b.kind && a.evidence == b.evidence && a.vehicles.size() == b.vehicles.size();
}

// What is known of the vehicles by the person's words.
Result<std::vector<KnownVehicle>> KnownBy(const std::vector<VehicleWord>& words,
                                          const Conflict& conflict) {
  std::map<size_t, bool> said;  // by place among the vehicles
  bool names_genuine = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const auto vehicle = std::ranges::find_if(conflict.vehicles, [&](const auto& each) {
      return std::ranges::find(each.sightings, words[i].sighting) != each.sightings.end();
    });
    if (vehicle == conflict.vehicles.end()) {
      return InvalidArgument("is of none of the conflict's vehicles",
                             fmt::format("/vehicles/{}/sighting_id", i));
    }
    said[static_cast<size_t>(vehicle - conflict.vehicles.begin())] = words[i].genuine;
    names_genuine |= words[i].genuine;
  }
  std::vector<KnownVehicle> known;
  for (size_t i = 0; i < conflict.vehicles.size(); ++i) {
    const auto word = said.find(i);
    if (word == said.end() && !names_genuine) continue;
    known.push_back({.sightings = conflict.vehicles[i].sightings,
                     .genuine = word != said.end() && word->second});
  }
  return known;
}

std::vector<VehicleWord> LikelyWords(const Conflict& conflict) {
  if (conflict.kind != ConflictKind::kCloned) return {};
  for (const auto& vehicle : conflict.vehicles) {
    if (vehicle.likely_genuine && !vehicle.sightings.empty()) {
      return {{.sighting = vehicle.sightings.front(), .genuine = true}};
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ConflictBook>> ConflictBook::Open(storage::Store& store,
                                                         const Clock& clock) {
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(kTable));
  std::unique_ptr<ConflictBook> book(new ConflictBook(store, clock));
  const MutexLock lock(book->write_mutex_);
  for (const auto& [id, text] : entries) {
    SIGHTLINE_ASSIGN(const ConflictRecord record, DecodeConflict(id, text));
    book->last_number_ = std::max(book->last_number_, record.number);
    book->Remember(record);
  }
  return book;
}

std::vector<ConflictBook::SummaryPointer> ConflictBook::List(const ConflictFilter& filter) const {
  std::vector<SummaryPointer> list;
  const MutexLock lock(mutex_);
  for (const auto& [number, summary] : by_number_) {
    if (Passes(filter, *summary)) list.push_back(summary);
  }
  return list;
}

ConflictBook::SummaryPointer ConflictBook::FindPlate(std::string_view plate) const {
  const MutexLock lock(mutex_);
  const auto found = by_plate_.find(std::string(plate));
  return found == by_plate_.end() ? nullptr : found->second;
}

Result<ConflictRecord> ConflictBook::Find(std::string_view id) const {
  SIGHTLINE_ASSIGN(std::optional<ConflictRecord> record, Load(id));
  if (!record) return UnknownConflict();
  return *std::move(record);
}

Result<std::optional<ConflictRecord>> ConflictBook::Load(std::string_view id) const {
  SIGHTLINE_ASSIGN(const std::optional<std::string> text, store_.GetEntry(kTable, id));
  if (!text) return std::nullopt;
  SIGHTLINE_ASSIGN(ConflictRecord record, DecodeConflict(id, *text));
  return record;
}

Result<ConflictBook::KnownVehicles> ConflictBook::ReadKnownVehicles() const {
  KnownVehicles known;
  const ConflictFilter confirmed{.status = ConflictStatus::kConfirmed,
                                 .as_of = std::numeric_limits<Sequence>::max()};
  for (const SummaryPointer& summary : List(confirmed)) {
    SIGHTLINE_ASSIGN(const std::optional<ConflictRecord> record, Load(summary->id));
    if (record && record->verdict && !record->verdict->vehicles.empty()) {
      known.emplace(summary->plate, record->verdict->vehicles);
    }
  }
  return known;
}

void ConflictBook::Remember(const ConflictRecord& record) {
  const auto summary = std::make_shared<const ConflictSummary>(SummaryOf(record));
  const MutexLock lock(mutex_);
  by_number_.insert_or_assign(record.number, summary);
  by_plate_.insert_or_assign(record.conflict.plate, summary);
}

void ConflictBook::Forget(const ConflictSummary& summary) {
  const MutexLock lock(mutex_);
  by_number_.erase(summary.number);
  by_plate_.erase(summary.plate);
}

Result<ConflictRecord> ConflictBook::SetVerdict(std::string_view id, const VerdictChange& change,
                                                const Author& author) {
  const MutexLock lock(write_mutex_);
  SIGHTLINE_ASSIGN(std::optional<ConflictRecord> record, Load(id));
  if (!record) return UnknownConflict();
  ConflictVerdict verdict = record->verdict.value_or(ConflictVerdict{});
  const bool is_new_status = change.status && *change.status != record->status();
  if (change.status) verdict.status = *change.status;
  if (change.note) verdict.note = *change.note;
  if (change.vehicles) {
    SIGHTLINE_ASSIGN(verdict.vehicles, KnownBy(*change.vehicles, record->conflict));
  } else if (verdict.status != ConflictStatus::kConfirmed) {
    verdict.vehicles.clear();
  } else if (is_new_status) {
    SIGHTLINE_ASSIGN(verdict.vehicles, KnownBy(LikelyWords(record->conflict), record->conflict));
  }
  verdict.by = author;
  verdict.at = clock_.Now();
  verdict.kind = record->conflict.kind;
  verdict.last_evidence = record->conflict.last;
  LayOver(verdict.vehicles, record->conflict);
  record->verdict = std::move(verdict);
  record->last_fake.reset();
  record->changed = record->verdict->at;
  SIGHTLINE_RETURN_IF_ERROR(store_.PutEntry(kTable, id, EncodeConflict(*record)));
  Remember(*record);
  return *std::move(record);
}

std::optional<ConflictRecord> ConflictBook::Judged(std::optional<ConflictRecord> before,
                                                   Judgement judgement, Sequence as_of,
                                                   std::string_view found_by) {
  const TimestampMs now = clock_.Now();
  if (!judgement.conflict) {
    if (before && before->verdict) return before;
    return std::nullopt;
  }
  Conflict& conflict = *judgement.conflict;
  if (before && before->verdict) LayOver(before->verdict->vehicles, conflict);
  ConflictRecord record;
  if (before) {
    record = *std::move(before);
    if (!SaysTheSame(record.conflict, conflict)) record.changed = now;
  } else {
    record = {.id = ConflictIdOf(judgement.plate),
              .number = ++last_number_,
              .found_as_of = as_of,
              .found = now,
              .changed = now,
              .found_by = std::string(found_by)};
  }
  record.conflict = std::move(conflict);
  record.spans = std::move(judgement.spans);
  record.judged_as_of = as_of;
  if (record.status() == ConflictStatus::kConfirmed) {
    std::optional<FakeReading> fake = LatestFake(record.verdict->vehicles, record.conflict);
    if (fake) {
      const Result<StoredSighting> seen = store_.GetSighting(fake->sighting, as_of);
      if (seen) fake->camera_id = seen->sighting.camera_id;
    }
    if (fake != record.last_fake) record.changed = now;
    record.last_fake = std::move(fake);
  }
  return record;
}

Result<ConflictBook::Applied> ConflictBook::Apply(std::vector<Judgement> judgements,
                                                  Sequence as_of, std::string_view found_by) {
  // What is found last is shown first.
  std::ranges::sort(judgements, {}, [](const Judgement& judgement) {
    const auto& conflict = judgement.conflict;
    return std::tuple(conflict && conflict->kind == ConflictKind::kCloned,
                      conflict ? conflict->confidence : 0, judgement.plate);
  });
  Applied applied;
  const MutexLock lock(write_mutex_);
  std::vector<storage::EntryChange> changes;
  std::vector<ConflictRecord> kept;
  std::vector<SummaryPointer> gone;
  const auto flush = [&]() -> Status {
    if (changes.empty()) return Ok();
    SIGHTLINE_RETURN_IF_ERROR(store_.ChangeEntries(changes));
    for (const ConflictRecord& record : kept) Remember(record);
    for (const SummaryPointer& summary : gone) Forget(*summary);
    changes.clear();
    kept.clear();
    gone.clear();
    return Ok();
  };
  for (Judgement& judgement : judgements) {
    const SummaryPointer known = FindPlate(judgement.plate);
    std::optional<ConflictRecord> before;
    if (known != nullptr) {
      SIGHTLINE_ASSIGN(before, Load(known->id));
    } else if (!judgement.conflict) {
      continue;
    }
    if (before && before->judged_as_of > as_of) {
      applied.newer.push_back(std::move(judgement.plate));
      continue;
    }
    const bool is_new = !before;
    std::optional<ConflictRecord> after =
        Judged(std::move(before), std::move(judgement), as_of, found_by);
    storage::EntryChange& change = changes.emplace_back();
    change.table = kTable;
    change.key = after ? after->id : known->id;
    if (after) {
      change.value = EncodeConflict(*after);
      kept.push_back(*std::move(after));
      applied.added += is_new ? 1 : 0;
    } else {
      gone.push_back(known);
      ++applied.withdrawn;
    }
    if (changes.size() >= kBatch) SIGHTLINE_RETURN_IF_ERROR(flush());
  }
  SIGHTLINE_RETURN_IF_ERROR(flush());
  return applied;
}

ConflictBook::KindCounts ConflictBook::CountFoundBy(std::string_view job) const {
  KindCounts counts = {};
  const MutexLock lock(mutex_);
  for (const auto& [number, summary] : by_number_) {
    if (summary->found_by == job) ++counts[static_cast<size_t>(summary->kind)];
  }
  return counts;
}

ConflictBook::Stats ConflictBook::GetStats() const {
  Stats stats;
  const MutexLock lock(mutex_);
  for (const auto& [number, summary] : by_number_) {
    ++stats.by_kind[static_cast<size_t>(summary->kind)];
    stats.open += summary->status == ConflictStatus::kOpen ? 1 : 0;
  }
  return stats;
}

}  // namespace sightline::server
