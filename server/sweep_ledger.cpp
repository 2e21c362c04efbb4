#include "server/sweep_ledger.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "api/json_writer.h"
#include "query/snapshot.h"
#include "server/interval_set.h"

namespace sightline::server {
namespace {

using query::CameraFault;
using Json = simdjson::dom::element;

constexpr std::string_view kSweeps = "sweeps";
constexpr std::string_view kFaults = "camera_faults";
constexpr std::string_view kSpansKey = "spans";  // beside a key a day: "2016-09-21"

Error Damaged(std::string_view table, std::string_view key) {
  return {ErrorCode::kCorruption,
          "the entry '" + std::string(key) + "' of " + std::string(table) + " cannot be read",
          {}};
}

std::string EncodeSpans(const std::vector<Interval>& spans) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginArray();
  for (const Interval& span : spans) {
    json.BeginArray().Int(span.from.value).Int(span.to.value).EndArray();
  }
  json.EndArray();
  return text;
}

Result<std::vector<Interval>> DecodeSpans(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  std::vector<Interval> spans;
  if (parser.parse(text).get(array)) return Damaged(kSweeps, kSpansKey);
  for (const Json element : array) {
    Interval& span = spans.emplace_back();
    if (element.at(0).get(span.from.value) || element.at(1).get(span.to.value)) {
      return Damaged(kSweeps, kSpansKey);
    }
  }
  return spans;
}

std::string EncodeMark(uint64_t logged) {
  std::string text;
  api::JsonWriter(text).Uint(logged);
  return text;
}

std::string EncodeFault(const KnownFault& known) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("is_clock").Bool(known.fault.kind == CameraFault::Kind::kClock);
  json.Key("offset_s").Double(known.fault.offset_s);
  json.Key("drift_s_per_day").Double(known.fault.drift_s_per_day);
  json.Key("since_ms").Int(known.fault.since.value).Key("plates").Uint(known.fault.plates);
  json.Key("confidence").Double(known.fault.confidence);
  json.Key("from_ms").Int(known.window.from.value).Key("to_ms").Int(known.window.to.value);
  json.Key("found_ms").Int(known.found.value);
  if (known.fault.place) json.Key("place").LonLat(*known.fault.place);
  json.EndObject();
  return text;
}

Result<KnownFault> DecodeFault(const std::string& camera, const std::string& text) {
  simdjson::dom::parser parser;
  Json root;
  KnownFault known;
  bool is_clock = true;
  if (parser.parse(text).get(root) || root["is_clock"].get(is_clock) ||
      root["offset_s"].get(known.fault.offset_s) ||
      root["drift_s_per_day"].get(known.fault.drift_s_per_day) ||
      root["since_ms"].get(known.fault.since.value) ||
      root["plates"].get(known.fault.plates) || root["confidence"].get(known.fault.confidence) ||
      root["from_ms"].get(known.window.from.value) || root["to_ms"].get(known.window.to.value) ||
      root["found_ms"].get(known.found.value)) {
    return Damaged(kFaults, camera);
  }
  Position place;
  if (!root["place"]["lon"].get(place.lon) && !root["place"]["lat"].get(place.lat)) {
    known.fault.place = place;
  }
  if (!is_clock) known.fault.kind = CameraFault::Kind::kPosition;
  return known;
}

}  // namespace

Result<std::unique_ptr<SweepLedger>> SweepLedger::Open(storage::Store& store) {
  std::unique_ptr<SweepLedger> ledger(new SweepLedger(store));
  SIGHTLINE_RETURN_IF_ERROR(ledger->Load());
  return ledger;
}

Status SweepLedger::Load() {
  SIGHTLINE_ASSIGN(const auto sweeps, store_.Entries(kSweeps));
  SIGHTLINE_ASSIGN(const auto faults, store_.Entries(kFaults));
  const MutexLock lock(mutex_);
  for (const auto& [key, text] : sweeps) {
    if (key == kSpansKey) {
      SIGHTLINE_ASSIGN(spans_, DecodeSpans(text));
      continue;
    }
    simdjson::dom::parser parser;
    uint64_t logged = 0;
    const Result<Day> day = ParseDay(key);
    if (!day || parser.parse(text).get(logged)) return Damaged(kSweeps, key);
    marks_.emplace(*day, logged);
  }
  for (const auto& [camera, text] : faults) {
    SIGHTLINE_ASSIGN(KnownFault known, DecodeFault(camera, text));
    faults_.emplace(camera, known);
  }
  return Ok();
}

std::vector<Interval> SweepLedger::spans() const {
  const MutexLock lock(mutex_);
  return spans_;
}

Result<DayMarks> SweepLedger::MarksOf(const Interval& window, const Cancellation& cancellation) {
  DayMarks marks;
  for (const Day day : query::DaysIn(store_, window)) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(const auto reader, store_.OpenDay(day));
    if (reader != nullptr) marks.emplace(day, reader->log_end());
  }
  return marks;
}

std::vector<Day> SweepLedger::Grown(const DayMarks& marks) const {
  std::vector<Day> grown;
  const MutexLock lock(mutex_);
  for (const auto& [day, logged] : marks) {
    const auto known = marks_.find(day);
    if (known == marks_.end() || logged != known->second) grown.push_back(day);
  }
  return grown;
}

SweepLedger::Faults SweepLedger::faults() const {
  const MutexLock lock(mutex_);
  return faults_;
}

std::optional<KnownFault> SweepLedger::FaultOf(std::string_view camera_id) const {
  const MutexLock lock(mutex_);
  const auto found = faults_.find(camera_id);
  if (found == faults_.end()) return std::nullopt;
  return found->second;
}

Status SweepLedger::Commit(const Sweep& sweep) {
  const MutexLock writing(write_mutex_);
  std::vector<Interval> spans = this->spans();
  spans.push_back(sweep.window);
  spans = UnionOf(std::move(spans));
  Faults known = faults();
  std::vector<storage::EntryChange> changes = {
      {std::string(kSweeps), std::string(kSpansKey), EncodeSpans(spans)}};
  for (const auto& [day, logged] : sweep.marks) {
    changes.push_back({std::string(kSweeps), FormatDay(day), EncodeMark(logged)});
  }
  std::erase_if(known, [&](const auto& entry) {
    if (sweep.faults.contains(entry.first) || !Holds(sweep.swept, entry.second.window)) {
      return false;
    }
    changes.push_back({std::string(kFaults), entry.first, std::nullopt});
    return true;
  });
  for (const auto& [camera, told] : sweep.faults) {
    const auto [entry, is_new] = known.try_emplace(camera, told);
    if (!is_new) {
      const TimestampMs found = entry->second.found;
      entry->second = told;
      entry->second.found = found;
    }
    changes.push_back({std::string(kFaults), camera, EncodeFault(entry->second)});
  }
  SIGHTLINE_RETURN_IF_ERROR(store_.ChangeEntries(changes));
  const MutexLock lock(mutex_);
  spans_ = std::move(spans);
  for (const auto& [day, logged] : sweep.marks) marks_.insert_or_assign(day, logged);
  faults_ = std::move(known);
  return Ok();
}

query::CameraFaults ByNumber(const storage::Store& store, const SweepLedger::Faults& faults) {
  query::CameraFaults by_number;
  for (const auto& [id, known] : faults) {
    if (const auto camera = store.FindCamera(id)) by_number.emplace(camera->number, known.fault);
  }
  return by_number;
}

}  // namespace sightline::server
