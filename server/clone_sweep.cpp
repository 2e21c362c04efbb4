#include "server/clone_sweep.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "api/clone_json.h"
#include "api/json_writer.h"
#include "server/camera_fault_answer.h"
#include "server/interval_set.h"

namespace sightline::server {
namespace {

using query::Conflict;

// Where the parts of the work begin, of the progress.
constexpr double kSweepBegins = 0.1;
constexpr double kJudgingBegins = 0.9;
// Judged and entered together.
constexpr size_t kReportEvery = 100;

void WriteSpan(api::JsonWriter& json, const Interval& span) {
  json.BeginObject().Key("from").Time(span.from).Key("to").Time(span.to).EndObject();
}

void WriteCounts(api::JsonWriter& json, const ConflictBook::KindCounts& counts) {
  json.BeginObject();
  for (size_t kind = 0; kind < counts.size(); ++kind) {
    json.Key(ConflictKindName(static_cast<query::ConflictKind>(kind))).Uint(counts[kind]);
  }
  json.EndObject();
}

std::string PartialResult(uint64_t plates, uint64_t conflicts) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("plates").Uint(plates).Key("conflicts").Uint(conflicts).EndObject();
  return text;
}

}  // namespace

// What is to be done, fixed when the job begins.
struct CloneSweep::Plan {
  Interval window;             // that was asked for
  Interval span;               // that it makes with what was swept before
  std::vector<Interval> parts;  // of the span, that are swept now
  std::vector<Day> late;       // days swept again, since they got sightings after they were swept
  DayMarks marks;
  Sequence as_of = 0;

  bool is_whole() const { return parts.size() == 1 && parts.front() == span; }
  std::string Encode() const;
  static Result<Plan> Decode(const Interval& window, const std::string& text);
};

struct CloneSweep::Found {
  uint64_t plates = 0;
  uint64_t readings = 0;
  query::SweepModels models;  // what was judged by, with the faults that were found
  SweepLedger::Faults faults;
  std::map<std::string, Conflict> conflicts;  // by plate
  std::vector<Judgement> judgements;
  ConflictBook::KindCounts in_window = {};
  uint64_t withdrawn = 0;
};

std::string CloneSweep::Plan::Encode() const {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("span").BeginArray().Int(span.from.value).Int(span.to.value).EndArray();
  json.Key("parts").BeginArray();
  for (const Interval& part : parts) {
    json.BeginArray().Int(part.from.value).Int(part.to.value).EndArray();
  }
  json.EndArray().Key("late").BeginArray();
  for (const Day day : late) json.Uint(day.number);
  json.EndArray().Key("marks").BeginArray();
  for (const auto& [day, logged] : marks) json.BeginArray().Uint(day.number).Uint(logged).EndArray();
  json.EndArray().Key("as_of").Uint(as_of).EndObject();
  return text;
}

Result<CloneSweep::Plan> CloneSweep::Plan::Decode(const Interval& window,
                                                  const std::string& text) {
  const Error damaged{ErrorCode::kCorruption, "the state of the job cannot be read", {}};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array parts;
  simdjson::dom::array late;
  simdjson::dom::array marks;
  Plan plan{.window = window};
  if (parser.parse(text).get(root) || root["span"].at(0).get(plan.span.from.value) ||
      root["span"].at(1).get(plan.span.to.value) || root["parts"].get(parts) ||
      root["late"].get(late) || root["marks"].get(marks) || root["as_of"].get(plan.as_of)) {
    return damaged;
  }
  for (const auto part : parts) {
    Interval& each = plan.parts.emplace_back();
    if (part.at(0).get(each.from.value) || part.at(1).get(each.to.value)) return damaged;
  }
  for (const auto day : late) {
    uint64_t number = 0;
    if (day.get(number)) return damaged;
    plan.late.push_back(Day{static_cast<uint16_t>(number)});
  }
  for (const auto mark : marks) {
    uint64_t number = 0;
    uint64_t logged = 0;
    if (mark.at(0).get(number) || mark.at(1).get(logged)) return damaged;
    plan.marks.emplace(Day{static_cast<uint16_t>(number)}, logged);
  }
  return plan;
}

Result<std::string> CloneSweep::Run(JobRun& run) {
  SIGHTLINE_ASSIGN(const Plan plan, MakePlan(run));
  SIGHTLINE_ASSIGN(Found found, SweepParts(plan, run));
  SIGHTLINE_RETURN_IF_ERROR(JudgeAgain(plan, found, run));
  SIGHTLINE_RETURN_IF_ERROR(Enter(plan, found, run));
  SIGHTLINE_RETURN_IF_ERROR(Record(plan, found));

  std::string result;
  api::JsonWriter json(result);
  json.BeginObject().Key("window");
  WriteSpan(json, plan.window);
  json.Key("span");
  WriteSpan(json, plan.span);
  json.Key("swept").BeginArray();
  for (const Interval& part : plan.parts) WriteSpan(json, part);
  json.EndArray().Key("late_days").BeginArray();
  for (const Day day : plan.late) json.String(FormatDay(day));
  json.EndArray().Key("plates").Uint(found.plates).Key("readings").Uint(found.readings);
  json.Key("conflicts");
  WriteCounts(json, found.in_window);
  json.Key("new");
  WriteCounts(json, book_.CountFoundBy(run.id()));
  json.Key("withdrawn").Uint(found.withdrawn).Key("faults").BeginArray();
  for (const auto& [camera, known] : found.faults) {
    json.BeginObject().Key("camera_id").String(camera);
    WriteFaultMembers(json, known.fault);
    json.EndObject();
  }
  json.EndArray().Key("sweep_as_of").Uint(plan.as_of).EndObject();
  return result;
}

Result<CloneSweep::Plan> CloneSweep::MakePlan(JobRun& run) {
  SIGHTLINE_ASSIGN(const Interval window, api::ParseSweep(run.question()));
  if (!run.state().empty()) return Plan::Decode(window, run.state());
  Plan plan{.window = window};
  std::vector<Interval> spans = ledger_.spans();
  spans.push_back(window);
  plan.span = PieceAround(UnionOf(std::move(spans)), window);
  // Before the sequence, so that what comes in between is swept now, and again the next time.
  SIGHTLINE_ASSIGN(plan.marks, ledger_.MarksOf(plan.span, run.cancellation()));
  plan.as_of = store_.VisibleSequence();
  const auto lookback = static_cast<int64_t>(options_.lookback_days * kMillisecondsPerDay);
  plan.parts = {{window.from - lookback, window.to + lookback}};
  for (const Day day : ledger_.Grown(plan.marks)) {
    const Interval of_day{day.start(), day.end()};
    if (window.from <= of_day.from && of_day.to <= window.to) continue;
    const bool was_swept = !Within(ledger_.spans(), of_day).empty();
    if (was_swept) plan.late.push_back(day);
    plan.parts.push_back({of_day.from - kMillisecondsPerDay, of_day.to + kMillisecondsPerDay});
  }
  plan.parts = Within(UnionOf(std::move(plan.parts)), plan.span);
  SIGHTLINE_RETURN_IF_ERROR(run.Save(0, plan.Encode()));
  return plan;
}

Result<CloneSweep::Found> CloneSweep::SweepParts(const Plan& plan, JobRun& run) {
  Found found;
  SIGHTLINE_ASSIGN(found.models.travel_times,
                   analysis_.TravelTimesFor(plan.span, run.cancellation()));
  SweepLedger::Faults known = ledger_.faults();
  // What was told from within what is swept now is told again, or not.
  std::erase_if(known, [&](const auto& entry) { return Holds(plan.parts, entry.second.window); });
  found.models.known_faults = ByNumber(store_, known);
  SIGHTLINE_ASSIGN(found.models.known_vehicles, book_.ReadKnownVehicles());
  double all_ms = 0;
  for (const Interval& part : plan.parts) all_ms += static_cast<double>(part.to - part.from);
  double done_ms = 0;
  query::CameraFaults faults = found.models.known_faults;
  for (const Interval& part : plan.parts) {
    const auto part_ms = static_cast<double>(part.to - part.from);
    const auto report = [&](const query::SweepProgress& progress) {
      const double done = (done_ms + progress.done * part_ms) / all_ms;
      run.Report(kSweepBegins + (kJudgingBegins - kSweepBegins) * done,
                 PartialResult(found.plates + progress.plates,
                               found.conflicts.size() + progress.conflicts));
    };
    SIGHTLINE_ASSIGN(query::SweepResult swept, analysis_.Sweep(part, plan.as_of, found.models,
                                                               report, run.cancellation()));
    done_ms += part_ms;
    found.plates += swept.plates;
    found.readings += swept.readings;
    found.models.continuity = swept.continuity;
    for (Conflict& conflict : swept.conflicts) {
      std::string plate = conflict.plate;
      found.conflicts.insert_or_assign(std::move(plate), std::move(conflict));
    }
    for (const auto& camera : store_.Cameras()) {
      const auto fault = swept.faults.find(camera->number);
      if (fault == swept.faults.end()) continue;
      const auto [entry, is_new] = found.faults.try_emplace(camera->camera().id);
      if (!is_new && entry->second.fault.plates >= fault->second.plates) continue;
      entry->second = {.fault = fault->second, .window = part, .found = clock_.Now()};
      faults.insert_or_assign(camera->number, fault->second);
    }
  }
  found.models.known_faults = std::move(faults);
  return found;
}

Status CloneSweep::JudgeAgain(const Plan& plan, Found& found, JobRun& run) {
  std::map<std::string, std::vector<Interval>> known;  // what was judged of a plate before
  const ConflictFilter all{.as_of = std::numeric_limits<Sequence>::max()};
  for (const auto& summary : book_.List(all)) {
    if (!Within(summary->spans, plan.span).empty() || found.conflicts.contains(summary->plate)) {
      known.emplace(summary->plate, summary->spans);
    }
  }
  std::set<std::string> plates;
  for (const auto& [plate, conflict] : found.conflicts) plates.insert(plate);
  for (const auto& [plate, spans] : known) plates.insert(plate);
  size_t done = 0;
  for (const std::string& plate : plates) {
    SIGHTLINE_RETURN_IF_ERROR(run.cancellation().Check());
    if (done % kReportEvery == 0) {
      run.Report(kJudgingBegins + (1 - kJudgingBegins) * static_cast<double>(done) /
                                      static_cast<double>(plates.size()),
                 PartialResult(found.plates, found.conflicts.size()));
    }
    ++done;
    Judgement judgement{.plate = plate, .conflict = {}, .spans = {plan.span}};
    if (const auto before = known.find(plate); before != known.end()) {
      judgement.spans.insert(judgement.spans.end(), before->second.begin(), before->second.end());
      judgement.spans = UnionOf(std::move(judgement.spans));
    }
    if (plan.is_whole() && judgement.spans.size() == 1 && judgement.spans.front() == plan.span) {
      const auto conflict = found.conflicts.find(plate);
      if (conflict != found.conflicts.end()) judgement.conflict = std::move(conflict->second);
    } else {
      SIGHTLINE_ASSIGN(const auto readings,
                       ReadingsWithin(analysis_, plate, judgement.spans, plan.as_of,
                                      run.cancellation()));
      SIGHTLINE_ASSIGN(judgement.conflict, analysis_.Judge(plate, readings, plan.as_of,
                                                           found.models, run.cancellation()));
    }
    if (judgement.conflict && judgement.conflict->first < plan.window.to &&
        plan.window.from <= judgement.conflict->last) {
      ++found.in_window[static_cast<size_t>(judgement.conflict->kind)];
    }
    found.judgements.push_back(std::move(judgement));
  }
  return Ok();
}

Status CloneSweep::Enter(const Plan& plan, Found& found, JobRun& run) {
  std::map<std::string, std::vector<Interval>> spans;
  for (const Judgement& judgement : found.judgements) {
    spans.emplace(judgement.plate, judgement.spans);
  }
  Sequence as_of = plan.as_of;
  std::vector<Judgement> judgements = std::move(found.judgements);
  while (!judgements.empty()) {
    SIGHTLINE_ASSIGN(const ConflictBook::Applied applied,
                     book_.Apply(std::move(judgements), as_of, run.id()));
    found.withdrawn += applied.withdrawn;
    // What the live check has said meanwhile of later readings: judged anew, with these.
    judgements.clear();
    as_of = store_.VisibleSequence();
    for (const std::string& plate : applied.newer) {
      Judgement judgement{.plate = plate, .conflict = {}, .spans = std::move(spans[plate])};
      if (const auto known = book_.FindPlate(plate)) {
        judgement.spans.insert(judgement.spans.end(), known->spans.begin(), known->spans.end());
      }
      judgement.spans = UnionOf(std::move(judgement.spans));
      spans[plate] = judgement.spans;
      SIGHTLINE_ASSIGN(const auto readings, ReadingsWithin(analysis_, plate, judgement.spans, as_of,
                                                           run.cancellation()));
      SIGHTLINE_ASSIGN(judgement.conflict, analysis_.Judge(plate, readings, as_of, found.models,
                                                           run.cancellation()));
      judgements.push_back(std::move(judgement));
    }
  }
  return Ok();
}

Status CloneSweep::Record(const Plan& plan, const Found& found) {
  analysis_.Keep(found.models.continuity);
  return ledger_.Commit({.window = plan.window,
                         .swept = plan.parts,
                         .marks = plan.marks,
                         .faults = found.faults});
}

}  // namespace sightline::server
