#include "server/companion_sweep.h"

#include <simdjson.h>

#include <chrono>
#include <utility>

#include "api/companions_json.h"
#include "api/json_writer.h"
#include "query/companion_groups.h"
#include "server/companion_answer.h"

namespace sightline::server {
namespace {

using PairsState = query::CompanionPairs::State;

constexpr size_t kDefaultGroups = 1'000;
constexpr std::chrono::seconds kReportPeriod{1};

std::string Encode(const PairsState& state) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("parts").Uint(state.parts).Key("next_part").Uint(state.next_part);
  json.Key("pairs").Uint(state.pairs);
  json.Key("goes_on").BeginArray();
  for (const double rate : state.rates.goes_on) json.Double(rate);
  json.EndArray().Key("another_trip").Double(state.rates.another_trip);
  json.Key("kept").BeginArray();
  for (const query::KeptPair& pair : state.kept) {
    json.BeginArray().Uint(pair.key.value).Double(pair.surprise).EndArray();
  }
  json.EndArray().EndObject();
  return text;
}

Result<PairsState> Decode(const std::string& text) {
  const Error damaged{ErrorCode::kCorruption, "the state of the job cannot be read", {}};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array rates;
  simdjson::dom::array kept;
  uint64_t parts = 0;
  uint64_t next_part = 0;
  PairsState state;
  if (parser.parse(text).get(root) || root["parts"].get(parts) ||
      root["next_part"].get(next_part) || root["pairs"].get(state.pairs) ||
      root["goes_on"].get(rates) || root["another_trip"].get(state.rates.another_trip) ||
      root["kept"].get(kept) || rates.size() != state.rates.goes_on.size() ||
      next_part > parts || parts > UINT32_MAX) {
    return damaged;
  }
  state.parts = static_cast<uint32_t>(parts);
  state.next_part = static_cast<uint32_t>(next_part);
  for (size_t i = 0; i < state.rates.goes_on.size(); ++i) {
    if (rates.at(i).get(state.rates.goes_on[i])) return damaged;
  }
  for (const simdjson::dom::element entry : kept) {
    query::KeptPair pair;
    if (entry.at(0).get(pair.key.value) || entry.at(1).get(pair.surprise)) return damaged;
    state.kept.push_back(pair);
  }
  return state;
}

}  // namespace

Result<std::string> SweepCompanions(const query::Sources& sources,
                                    const query::TravelTimeSource& travel_times, JobRun& run) {
  SIGHTLINE_ASSIGN(const api::CompanionsBody question, api::ParseCompanions(run.question()));
  const Sequence as_of = question.as_of.value_or(sources.store.VisibleSequence());
  PairsState state;
  if (!run.state().empty()) {
    SIGHTLINE_ASSIGN(state, Decode(run.state()));
  }
  query::CompanionGroupSearch search(
      sources,
      {.time = question.time,
       .within_ms = static_cast<int32_t>(question.within_s) * 1000,
       .min_cameras = question.min_cameras,
       .limit = question.limit.value_or(kDefaultGroups),
       .as_of = as_of},
      travel_times.Current(), std::move(state));
  const auto write = [&] {
    std::string text;
    api::JsonWriter json(text);
    json.BeginObject();
    WriteCompanionGroupsMembers(json, search.Answer(), question, as_of);
    json.EndObject();
    return text;
  };
  auto reported = std::chrono::steady_clock::now();
  for (;;) {
    const uint32_t part = search.state().next_part;
    SIGHTLINE_ASSIGN(const bool more, search.Step(run.cancellation()));
    if (!more) return write();
    if (search.state().next_part != part) {
      SIGHTLINE_RETURN_IF_ERROR(run.Save(search.progress(), Encode(search.state())));
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - reported < kReportPeriod) continue;
    run.Report(search.progress(), write());
    reported = now;
  }
}

}  // namespace sightline::server
