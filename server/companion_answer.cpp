#include "server/companion_answer.h"

#include <array>
#include <string_view>

#include "query/companion_crowd.h"

namespace sightline::server {
namespace {

std::string_view NameOf(query::CompanionOrder order) {
  constexpr std::array<std::string_view, 3> kNames = {"ahead", "behind", "mixed"};
  return kNames[static_cast<size_t>(order)];
}

void WriteMeeting(api::JsonWriter& json, const query::CompanionMeeting& meeting) {
  json.BeginObject().Key("camera_id").String(meeting.camera_id);
  json.Key("time").Time(meeting.time).Key("other_time").Time(meeting.other_time);
  json.Key("ids").BeginArray().String(meeting.id.ToString()).String(meeting.other_id.ToString());
  json.EndArray();
  if (!meeting.read_as.empty()) json.Key("read_as").String(meeting.read_as);
  json.EndObject();
}

// Behind its plate.
void WriteFindings(api::JsonWriter& json, const query::Companion& companion) {
  json.Key("cameras").Uint(companion.cameras).Key("meetings").Uint(companion.meetings);
  json.Key("trips").Uint(companion.trips).Key("days").Uint(companion.days);
  json.Key("expected").Double(companion.expected);
  json.Key("p_value").Double(companion.p_value).Key("q_value").Double(companion.q_value);
  json.Key("significant").Bool(companion.significant);
  json.Key("order").String(NameOf(companion.order));
  json.Key("median_gap_s").Double(companion.median_gap_s);
  json.Key("score").Double(companion.score);
  json.Key("evidence").BeginArray();
  for (const query::CompanionMeeting& meeting : companion.evidence) WriteMeeting(json, meeting);
  json.EndArray();
}

void WriteThresholds(api::JsonWriter& json, const api::CompanionsBody& question) {
  json.Key("thresholds").BeginObject();
  json.Key("within_s").Uint(question.within_s).Key("min_cameras").Uint(question.min_cameras);
  json.Key("false_discovery_rate").Double(query::kFalseDiscoveryRate);
  json.Key("presence_s").Double(
      query::CompanionReach::Of(static_cast<int32_t>(question.within_s) * 1000).presence_ms /
      1000.0);
  json.EndObject();
}

}  // namespace

void WriteCompanionsMembers(api::JsonWriter& json, const query::CompanionsAnswer& answer,
                            const api::CompanionsBody& question) {
  json.Key("companions").BeginArray();
  for (const query::Companion& companion : answer.companions) {
    json.BeginObject().Key("plate").String(companion.plate);
    WriteFindings(json, companion);
    json.EndObject();
  }
  json.EndArray();
  json.Key("target").BeginObject().Key("plates").BeginArray();
  for (const std::string& plate : answer.plates) json.String(plate);
  json.EndArray();
  json.Key("readings").Uint(answer.readings).Key("trips").Uint(answer.trips).EndObject();
  json.Key("crowd").Double(answer.crowd);
  json.Key("hypotheses").Uint(answer.hypotheses);
  WriteThresholds(json, question);
  json.Key("as_of").Uint(answer.as_of);
}

void WriteCompanionGroupsMembers(api::JsonWriter& json,
                                 const query::CompanionGroupsAnswer& answer,
                                 const api::CompanionsBody& question, Sequence as_of) {
  json.Key("groups").BeginArray();
  for (const query::CompanionGroup& group : answer.groups) {
    json.BeginObject().Key("plates").BeginArray();
    for (const std::string& plate : group.plates) json.String(plate);
    json.EndArray();
    json.Key("p_value").Double(group.p_value);
    json.Key("pairs").BeginArray();
    for (const query::CompanionPair& pair : group.pairs) {
      json.BeginObject().Key("plate").String(pair.plate);
      json.Key("other").String(pair.other.plate);
      WriteFindings(json, pair.other);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
  json.Key("groups_found").Uint(answer.groups_found);
  json.Key("pairs_weighed").Uint(answer.pairs_weighed);
  json.Key("hypotheses").Uint(answer.hypotheses);
  WriteThresholds(json, question);
  json.Key("as_of").Uint(as_of);
}

}  // namespace sightline::server
