#include "client/companions.h"

#include <utility>

#include "client/answer_members.h"

namespace sightline::client {
namespace {

constexpr const char* kTarget = "/v1/analyses/companions";
constexpr std::string_view kNoCompanions = "no companions in it";

CompanionInfo ReadCompanion(Json root, const char* plate_member) {
  CompanionInfo companion{.plate = Text(root[plate_member]),
                          .cameras = Count(root["cameras"]),
                          .meetings = Count(root["meetings"]),
                          .trips = Count(root["trips"]),
                          .expected = Number(root["expected"]).value_or(0),
                          .p_value = Number(root["p_value"]).value_or(0),
                          .significant = Flag(root["significant"]),
                          .order = Text(root["order"]),
                          .median_gap_s = Number(root["median_gap_s"]).value_or(0),
                          .score = Number(root["score"]).value_or(0),
                          .evidence = {}};
  simdjson::dom::array evidence;
  if (root["evidence"].get(evidence) != simdjson::SUCCESS) return companion;
  for (const Json one : evidence) {
    companion.evidence.push_back({.camera_id = Text(one["camera_id"]),
                                  .time = Time(one["time"]).value_or(TimestampMs{}),
                                  .other_time = Time(one["other_time"]).value_or(TimestampMs{}),
                                  .read_as = Text(one["read_as"])});
  }
  return companion;
}

}  // namespace

Result<std::vector<CompanionGroupInfo>> ParseCompanionGroups(std::string_view json) {
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array groups;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["groups"].get(groups) != simdjson::SUCCESS) {
    return NotUnderstood(kNoCompanions);
  }
  std::vector<CompanionGroupInfo> list;
  for (const Json one : groups) {
    CompanionGroupInfo& group = list.emplace_back();
    group.p_value = Number(one["p_value"]).value_or(0);
    simdjson::dom::array plates;
    simdjson::dom::array pairs;
    if (one["plates"].get(plates) != simdjson::SUCCESS ||
        one["pairs"].get(pairs) != simdjson::SUCCESS) {
      return NotUnderstood(kNoCompanions);
    }
    for (const Member plate : plates) group.plates.push_back(Text(plate));
    for (const Json pair : pairs) {
      group.pairs.push_back({Text(pair["plate"]), ReadCompanion(pair, "other")});
    }
  }
  return list;
}

Result<CompanionList> Companions::Find(const api::CompanionsBody& question) {
  SIGHTLINE_ASSIGN(std::string json, client_.Send("POST", kTarget, api::WriteCompanions(question),
                                                  {.repeatable = true}));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array companions;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["companions"].get(companions) != simdjson::SUCCESS) {
    return NotUnderstood(kNoCompanions);
  }
  CompanionList list{.companions = {},
                     .hypotheses = Count(root["hypotheses"]),
                     .readings = Count(root["target"]["readings"]),
                     .json = {}};
  for (const Json one : companions) list.companions.push_back(ReadCompanion(one, "plate"));
  list.json = std::move(json);
  return list;
}

Result<JobAnswer> Companions::FindGroups(const api::CompanionsBody& question) {
  SIGHTLINE_ASSIGN(std::string json, client_.Send("POST", kTarget, api::WriteCompanions(question)));
  return ParseJob(std::move(json));
}

}  // namespace sightline::client
