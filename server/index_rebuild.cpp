#include "server/index_rebuild.h"

#include <simdjson.h>

#include <utility>
#include <vector>

#include "api/index_json.h"
#include "api/json_writer.h"

namespace sightline::server {
namespace {

struct Target {
  Day day;
  std::string segment;
};

// What is to be done and how far it is. Named once, at the start: a segment that was rebuilt has a
// new name, and would be found again.
struct Plan {
  std::vector<Target> targets;
  size_t next = 0;
  uint64_t rebuilt = 0;
  uint64_t gone = 0;
};

std::string Encode(const Plan& plan) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("targets").BeginArray();
  for (const Target& target : plan.targets) {
    json.BeginArray().String(FormatDay(target.day)).String(target.segment).EndArray();
  }
  json.EndArray().Key("next").Uint(plan.next);
  json.Key("rebuilt").Uint(plan.rebuilt).Key("gone").Uint(plan.gone).EndObject();
  return text;
}

Result<Plan> Decode(const std::string& text) {
  const Error damaged{ErrorCode::kCorruption, "the state of the job cannot be read", {}};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array targets;
  Plan plan;
  uint64_t next = 0;
  if (parser.parse(text).get(root) || root["targets"].get(targets) || root["next"].get(next) ||
      root["rebuilt"].get(plan.rebuilt) || root["gone"].get(plan.gone)) {
    return damaged;
  }
  for (const simdjson::dom::element target : targets) {
    std::string_view day_text;
    std::string_view segment;
    if (target.at(0).get(day_text) || target.at(1).get(segment)) return damaged;
    const Result<Day> day = ParseDay(day_text);
    if (!day) return damaged;
    plan.targets.push_back({*day, std::string(segment)});
  }
  if (next > plan.targets.size()) return damaged;
  plan.next = next;
  return plan;
}

Result<Plan> MakePlan(storage::Store& store, index::ColumnIndex& columns,
                      const api::RebuildBody& body, const Cancellation& cancellation) {
  Plan plan;
  for (const Day day : store.Days()) {
    if (body.day && day != *body.day) continue;
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(const auto held, columns.Open(day, cancellation));
    for (const index::ColumnIndex::SegmentStats& segment : columns.Segments(day)) {
      const bool is_wanted = body.segment.empty() || segment.name == body.segment;
      const bool has_space = body.space.empty() || segment.spaces.contains(body.space);
      if (is_wanted && has_space) plan.targets.push_back({day, segment.name});
    }
  }
  return plan;
}

double ProgressOf(const Plan& plan) {
  if (plan.targets.empty()) return 1;
  return static_cast<double>(plan.next) / static_cast<double>(plan.targets.size());
}

}  // namespace

Result<std::string> RebuildIndex(storage::Store& store, index::ColumnIndex& columns, JobRun& run) {
  SIGHTLINE_ASSIGN(const api::RebuildBody body, api::ParseRebuild(run.question()));
  Plan plan;
  if (run.state().empty()) {
    SIGHTLINE_ASSIGN(plan, MakePlan(store, columns, body, run.cancellation()));
    SIGHTLINE_RETURN_IF_ERROR(run.Save(0, Encode(plan)));
  } else {
    SIGHTLINE_ASSIGN(plan, Decode(run.state()));
  }
  while (plan.next < plan.targets.size()) {
    SIGHTLINE_RETURN_IF_ERROR(run.cancellation().Check());
    const Target& target = plan.targets[plan.next];
    // A day is only at hand while it is held open.
    SIGHTLINE_ASSIGN(const auto held, columns.Open(target.day, run.cancellation()));
    const Status rebuilt =
        columns.Rebuild(target.day, target.segment, body.space, run.cancellation());
    if (!rebuilt && rebuilt.error().code != ErrorCode::kNotFound) return rebuilt.error();
    ++(rebuilt ? plan.rebuilt : plan.gone);
    ++plan.next;
    SIGHTLINE_RETURN_IF_ERROR(run.Save(ProgressOf(plan), Encode(plan)));
  }
  std::string result;
  api::JsonWriter json(result);
  json.BeginObject().Key("segments").Uint(plan.targets.size());
  json.Key("rebuilt").Uint(plan.rebuilt).Key("gone").Uint(plan.gone).EndObject();
  return result;
}

}  // namespace sightline::server
