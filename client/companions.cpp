#include "client/companions.h"

#include <simdjson.h>

#include <utility>

namespace sightline::client {
namespace {

using Json = simdjson::dom::element;
using Member = simdjson::simdjson_result<Json>;

constexpr const char* kTarget = "/v1/analyses/companions";

Error NotUnderstood() {
  return Internal("the server's answer is not understood: no companions in it");
}

std::string Text(Member member) {
  std::string_view text;
  return member.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

uint64_t Count(Member member) {
  uint64_t count = 0;
  return member.get(count) == simdjson::SUCCESS ? count : 0;
}

double Number(Member member) {
  double number = 0;
  return member.get(number) == simdjson::SUCCESS ? number : 0;
}

TimestampMs Time(Member member) {
  const Result<TimestampMs> time = ParseRfc3339(Text(member));
  return time ? *time : TimestampMs{};
}

CompanionInfo ReadCompanion(Json root, const char* plate_member) {
  CompanionInfo companion{.plate = Text(root[plate_member]),
                          .cameras = Count(root["cameras"]),
                          .meetings = Count(root["meetings"]),
                          .trips = Count(root["trips"]),
                          .expected = Number(root["expected"]),
                          .p_value = Number(root["p_value"]),
                          .order = Text(root["order"]),
                          .median_gap_s = Number(root["median_gap_s"]),
                          .score = Number(root["score"]),
                          .evidence = {}};
  bool significant = false;
  companion.significant = root["significant"].get(significant) == simdjson::SUCCESS && significant;
  simdjson::dom::array evidence;
  if (root["evidence"].get(evidence) != simdjson::SUCCESS) return companion;
  for (const Json one : evidence) {
    companion.evidence.push_back({.camera_id = Text(one["camera_id"]),
                                  .time = Time(one["time"]),
                                  .other_time = Time(one["other_time"]),
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
    return NotUnderstood();
  }
  std::vector<CompanionGroupInfo> list;
  for (const Json one : groups) {
    CompanionGroupInfo& group = list.emplace_back();
    group.p_value = Number(one["p_value"]);
    simdjson::dom::array plates;
    simdjson::dom::array pairs;
    if (one["plates"].get(plates) != simdjson::SUCCESS ||
        one["pairs"].get(pairs) != simdjson::SUCCESS) {
      return NotUnderstood();
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
    return NotUnderstood();
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
