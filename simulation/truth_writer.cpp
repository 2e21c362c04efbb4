#include "simulation/truth_writer.h"

#include <algorithm>
#include <map>

#include "api/json_writer.h"

namespace sightline::simulation {
namespace {

// One line: the object that `write` fills.
template <typename Write>
void Line(std::string& out, std::string_view record, Write write) {
  {
    api::JsonWriter json(out);
    json.BeginObject().Key("record").String(record);
    write(json);
    json.EndObject();
  }
  out += '\n';
}

void Flag(api::JsonWriter& json, std::string_view name, bool set) {
  if (set) json.Key(name).Bool(true);
}

std::string_view SchemeName(PlateScheme scheme) {
  return scheme == PlateScheme::kChina ? "cn" : "us";
}

}  // namespace

void TruthSummary::Count(const ArrivedPass& pass, const ReadingFlags& flags) {
  ++readings;
  misread += flags.misread;
  unread += flags.unread;
  wrong_clock += flags.wrong_clock;
  wrong_position += flags.wrong_position;
  attribute_errors += flags.attribute_error;
  joint += pass.pass.joint;
  first = std::min(first.value_or(pass.pass.time), pass.pass.time);
  last = std::max(last.value_or(pass.pass.time), pass.pass.time);
}

void TruthWriter::WriteCity(std::string& out) const {
  WriteOptions(out);
  for (const CityCamera& camera : city_.cameras.cameras()) WriteCamera(camera, out);
}

void TruthWriter::WriteGroups(std::string& out) const {
  WriteClones(out);
  for (uint32_t number = 0; number < population_.convoys.size(); ++number) {
    WriteConvoy(number, out);
  }
}

void TruthWriter::WriteOptions(std::string& out) const {
  Line(out, "simulation", [&](api::JsonWriter& json) {
    json.Key("seed").Uint(options_.seed);
    json.Key("vehicles").Uint(options_.vehicles);
    json.Key("cameras").Int(options_.cameras);
    json.Key("days").Int(options_.days);
    json.Key("start").Time(options_.start);
    json.Key("scheme").String(SchemeName(options_.scheme));
    json.Key("activity").Double(options_.activity);
    json.Key("misread").Double(options_.misread);
    json.Key("unread").Double(options_.unread);
    json.Key("missed").Double(options_.missed);
    json.Key("wrong_clock").Double(options_.wrong_clock);
    json.Key("wrong_position").Double(options_.wrong_position);
    json.Key("mobile").Double(options_.mobile);
    json.Key("clones").Double(options_.clones);
    json.Key("clones_same_model").Double(options_.clones_same_model);
    json.Key("clones_from_start").Double(options_.clones_from_start);
    json.Key("clones_without_sticker").Double(options_.clones_without_sticker);
    json.Key("convoy_vehicles").Double(options_.convoy_vehicles);
  });
}

void TruthWriter::WriteCamera(const CityCamera& camera, std::string& out) const {
  Line(out, "camera", [&](api::JsonWriter& json) {
    json.Key("camera_id").String(camera.registered.id);
    if (camera.mobile) {
      json.Key("mobile").Bool(true);
    } else {
      json.Key("location").LonLat(camera.true_position);
    }
    Flag(json, "wrong_position", camera.wrong_position);
    if (camera.wrong_clock()) {
      json.Key("clock_offset_ms").Int(camera.clock_offset_ms);
      json.Key("clock_drift_ms_per_day").Int(camera.clock_drift_ms_per_day);
    }
    json.Key("misread_factor").Double(camera.misread_factor);
  });
}

void TruthWriter::WriteVehicle(uint32_t number, std::string& out) const {
  const Vehicle& vehicle = population_.vehicles[number];
  const VehicleModel& model = VehicleModels()[vehicle.model];
  Line(out, "vehicle", [&](api::JsonWriter& json) {
    json.Key("vehicle").Uint(number);
    json.Key("plate").String(vehicle.plate);
    json.Key("plate_color").String(PlateColorName(vehicle.plate_color));
    json.Key("kind").String(VehicleKindName(vehicle.kind));
    json.Key("home").LonLat(city_.roads->position(vehicle.home));
    json.Key("work").LonLat(city_.roads->position(vehicle.work));
    json.Key("type").String(BodyTypeName(model.type));
    json.Key("brand").String(model.brand);
    json.Key("model").String(model.model);
    json.Key("year").String(model.years);
    json.Key("color").String(Colors()[vehicle.color]);
    json.Key("inspection_sticker").Bool(vehicle.sticker);
    json.Key("first_day").Uint(vehicle.first_day);
    if (vehicle.kind == VehicleKind::kVisitor) json.Key("last_day").Uint(vehicle.last_day);
    if (vehicle.copies != kNobody) json.Key("clone_of").Uint(vehicle.copies);
    if (vehicle.convoy != kNobody) {
      json.Key("convoy").Uint(vehicle.convoy).Key("convoy_rank").Uint(vehicle.convoy_rank);
    }
  });
}

void TruthWriter::WriteClones(std::string& out) const {
  std::map<uint32_t, std::vector<uint32_t>> clones;  // by the genuine vehicle
  for (uint32_t number = 0; number < population_.vehicles.size(); ++number) {
    const uint32_t genuine = population_.vehicles[number].copies;
    if (genuine != kNobody) clones[genuine].push_back(number);
  }
  for (const auto& [genuine, copies] : clones) {
    const Vehicle& original = population_.vehicles[genuine];
    Line(out, "clone", [&](api::JsonWriter& json) {
      json.Key("plate").String(original.plate).Key("genuine").Uint(genuine);
      json.Key("clones").BeginArray();
      for (const uint32_t copy : copies) {
        const Vehicle& clone = population_.vehicles[copy];
        json.BeginObject().Key("vehicle").Uint(copy);
        json.Key("same_model").Bool(clone.model == original.model);
        json.Key("first_day").Uint(clone.first_day).EndObject();
      }
      json.EndArray();
    });
  }
}

void TruthWriter::WriteConvoy(uint32_t number, std::string& out) const {
  const Convoy& convoy = population_.convoys[number];
  Line(out, "convoy", [&](api::JsonWriter& json) {
    json.Key("convoy").Uint(number).Key("vehicles").BeginArray();
    const uint64_t end =
        std::min<uint64_t>(convoy.first + convoy.size, population_.vehicles.size());
    for (uint64_t member = convoy.first; member < end; ++member) json.Uint(member);
    json.EndArray();
    json.Key("meeting_place").LonLat(city_.roads->position(convoy.meeting_place));
  });
}

void TruthWriter::WriteReading(const ArrivedPass& arrived, const ReadingFlags& flags,
                               const Sighting& sighting, std::string& out) const {
  const Pass& pass = arrived.pass;
  Line(out, "reading", [&](api::JsonWriter& json) {
    json.Key("camera_id").String(sighting.camera_id).Key("source_id").String(*sighting.source_id);
    json.Key("vehicle")
        .Uint(pass.vehicle)
        .Key("plate")
        .String(population_.vehicles[pass.vehicle].plate);
    json.Key("time").Time(options_.start + pass.time).Key("trip").Uint(pass.trip);
    if (sighting.location) json.Key("location").LonLat(*sighting.location);
    Flag(json, "misread", flags.misread);
    Flag(json, "unread", flags.unread);
    Flag(json, "wrong_clock", flags.wrong_clock);
    Flag(json, "wrong_position", flags.wrong_position);
    Flag(json, "attribute_error", flags.attribute_error);
    Flag(json, "joint", pass.joint);
  });
}

void TruthWriter::WriteMissed(const ArrivedPass& arrived, std::string& out) const {
  const Pass& pass = arrived.pass;
  const CityCamera& camera = city_.cameras.camera(pass.camera);
  Line(out, "missed", [&](api::JsonWriter& json) {
    json.Key("camera_id").String(camera.registered.id);
    json.Key("vehicle")
        .Uint(pass.vehicle)
        .Key("plate")
        .String(population_.vehicles[pass.vehicle].plate);
    json.Key("time").Time(options_.start + pass.time).Key("trip").Uint(pass.trip);
    if (camera.mobile) {
      json.Key("location").LonLat(city_.cameras.MobilePosition(pass.camera, pass.time));
    }
    Flag(json, "joint", pass.joint);
  });
}

void TruthWriter::WriteSummary(const TruthSummary& summary, bool complete, std::string& out) const {
  uint64_t clones = 0;
  for (const Vehicle& vehicle : population_.vehicles) clones += vehicle.copies != kNobody;
  uint64_t wrong_clocks = 0;
  uint64_t wrong_positions = 0;
  for (const CityCamera& camera : city_.cameras.cameras()) {
    wrong_clocks += camera.wrong_clock();
    wrong_positions += camera.wrong_position;
  }
  Line(out, "summary", [&](api::JsonWriter& json) {
    json.Key("complete").Bool(complete);
    json.Key("readings").Uint(summary.readings);
    json.Key("missed").Uint(summary.missed);
    json.Key("misread").Uint(summary.misread);
    json.Key("unread").Uint(summary.unread);
    json.Key("wrong_clock").Uint(summary.wrong_clock);
    json.Key("wrong_position").Uint(summary.wrong_position);
    json.Key("attribute_errors").Uint(summary.attribute_errors);
    json.Key("joint").Uint(summary.joint);
    if (summary.first) json.Key("first").Time(options_.start + *summary.first);
    if (summary.last) json.Key("last").Time(options_.start + *summary.last);
    json.Key("vehicles").Uint(population_.vehicles.size());
    json.Key("clones").Uint(clones);
    json.Key("convoys").Uint(population_.convoys.size());
    json.Key("cameras").Uint(city_.cameras.cameras().size());
    json.Key("cameras_wrong_clock").Uint(wrong_clocks);
    json.Key("cameras_wrong_position").Uint(wrong_positions);
  });
}

}  // namespace sightline::simulation
