#include "bench/appearance/sighting_lines.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <charconv>
#include <iterator>

#include "api/base64.h"
#include "bench/appearance/data_feed.h"
#include "simulation/vehicle_models.h"

namespace sightline::bench {
namespace {

constexpr std::string_view kPlateCharacters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

std::string PlateOf(uint32_t vehicle) {
  std::string plate = "京";
  uint64_t left = uint64_t{vehicle} * 7 + 34ULL * 34 * 34 * 34;  // spread over the six places
  for (int place = 0; place < 6; ++place, left /= kPlateCharacters.size()) {
    plate.push_back(kPlateCharacters[left % kPlateCharacters.size()]);
  }
  return plate;
}

}  // namespace

void SightingLines::AppendRow(uint32_t row, std::string& out) const {
  const DataRow& at = data_.Row(row);
  const simulation::VehicleModel& model = simulation::VehicleModels()[at.model];
  const auto append = std::back_inserter(out);
  fmt::format_to(append, FMT_COMPILE(R"({{"source_id":"row-{}","camera_id":"K-{:04}","time":{},)"),
                 row, at.camera, DataFeed::kDay.start().value + at.ms_of_day);
  if (!at.unread) {
    fmt::format_to(append,
                   FMT_COMPILE(R"("plate":"{}","plate_color":"blue","plate_confidence":0.{:02},)"),
                   PlateOf(at.vehicle), 50 + row % 50);
  }
  fmt::format_to(
      append,
      FMT_COMPILE(
          R"("attributes":{{"type":"{}","brand":"{}","model":"{}","year":"{}","color":"{}","lot":"{}","passenger":{}}},"location":{{"lon":116.{:05},"lat":39.{:05}}},"lane":{},"speed_kmh":{}.{},"image":"https://pictures.example/{:04}/{:012}.jpg","vectors":{{"{}":"{}"}}}})"
          "\n"),
      simulation::BodyTypeName(model.type), model.brand, model.model, model.years,
      simulation::Colors()[at.color], LotNameOf(LotOf(row)), row % 3 == 0,
      20'000 + at.camera * 37 % 50'000, 80'000 + at.camera * 71 % 19'999, 1 + row % 4,
      20 + row % 80, row % 10, at.camera, row, data_.space().name,
      api::EncodeBase64(data_.Vector(row)));
}

void SightingLines::AppendCameras(std::string& out) const {
  for (uint32_t camera = 0; camera < data_.about().cameras; ++camera) {
    fmt::format_to(
        std::back_inserter(out),
        R"({{"id":"K-{:04}","name":"Camera {}","location":{{"lon":116.{:05},"lat":39.{:05}}}}})"
        "\n",
        camera, camera, 20'000 + camera * 37 % 50'000, 80'000 + camera * 71 % 19'999);
  }
}

void SightingLines::AppendSearch(std::string_view vector, int k, std::string& out) const {
  fmt::format_to(std::back_inserter(out),
                 R"({{"like":{{"vector":"{}"}},"space":"{}","k":{}}})",
                 api::EncodeBase64(vector), data_.space().name, k);
}

std::vector<uint32_t> RowsIn(std::string_view answer) {
  constexpr std::string_view kMember = R"("source_id":"row-)";
  std::vector<uint32_t> rows;
  for (size_t at = answer.find(kMember); at != std::string_view::npos;
       at = answer.find(kMember, at)) {
    at += kMember.size();
    uint32_t row = 0;
    std::from_chars(answer.data() + at, answer.data() + answer.size(), row);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace sightline::bench
