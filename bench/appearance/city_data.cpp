#include "bench/appearance/city_data.h"

#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/appearance/data_set.h"
#include "simulation/observation.h"
#include "simulation/random.h"
#include "simulation/simulation.h"

namespace sightline::bench {
namespace {

// Rows and their vectors, file beside file.
class RowFiles {
 public:
  RowFiles(const std::filesystem::path& folder, const std::string& name)
      : vectors_(folder / (name + ".vectors"), std::ios::binary),
        rows_(folder / (name + ".rows"), std::ios::binary) {}

  void Add(const DataRow& row, const std::string& vector) {
    vectors_.write(vector.data(), static_cast<std::streamsize>(vector.size()));
    rows_.write(reinterpret_cast<const char*>(&row), sizeof(row));
  }

  Status Close() {
    vectors_.close();
    rows_.close();
    if (!vectors_ || !rows_) return Error{ErrorCode::kIo, "a data set cannot be written", {}};
    return Ok();
  }

 private:
  std::ofstream vectors_;
  std::ofstream rows_;
};

struct Reading {
  bool made = false;
  DataRow row;
  std::string vector;
};

void Read(const simulation::Observer& observer, const simulation::Population& population,
          TimestampMs start, const simulation::ArrivedPass& pass, Sighting& sighting,
          Reading& reading) {
  observer.Read(pass, sighting);
  const simulation::Vehicle& vehicle = population.vehicles[pass.pass.vehicle];
  const int64_t ms = sighting.time - start;
  reading.made = ms >= 0 && ms < kMillisecondsPerDay;  // a wrong clock may say another day
  reading.row = {.ms_of_day = static_cast<uint32_t>(ms),
                 .vehicle = pass.pass.vehicle,
                 .camera = static_cast<uint16_t>(pass.pass.camera),
                 .model = vehicle.model,
                 .color = vehicle.color,
                 .unread = sighting.plate.empty()};
  reading.vector = sighting.vectors[0].bytes;
}

}  // namespace

Status MakeCityData(const CityDataOptions& options, const std::filesystem::path& folder) {
  simulation::SimulationOptions city_options{.seed = options.seed, .cameras = options.cameras};
  city_options.vehicle_vectors = options.vector_bytes == 128;
  city_options.detail_vectors = options.vector_bytes == 512;
  SIGHTLINE_ASSIGN(auto city, simulation::City::Build(city_options));
  const double each = simulation::ReadingsPerVehicle(city_options, city);
  const auto wanted = static_cast<double>(options.rows + options.queries);
  const double kept = std::min(1.0, options.readings / each);
  city_options.vehicles = static_cast<uint64_t>(wanted * 1.03 / (each * kept)) + 1;
  SIGHTLINE_RETURN_IF_ERROR(simulation::Validate(city_options));

  simulation::Simulation simulation(city_options, city);
  const simulation::Observer observer(city_options, city, simulation.population());
  std::filesystem::create_directories(folder);
  RowFiles base(folder, "base");
  RowFiles queries(folder, "query");
  const double query_share = static_cast<double>(options.queries) / wanted;
  simulation::Random random(options.seed);
  std::vector<simulation::ArrivedPass> passes;
  std::vector<Reading> readings;
  while (simulation.Next(passes)) {
    std::erase_if(passes,
                  [&](const auto& pass) { return pass.missed || !random.Chance(kept); });
    readings.resize(std::max(readings.size(), passes.size()));
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < options.threads; ++thread) {
      threads.emplace_back([&, thread] {
        Sighting sighting;
        for (auto i = static_cast<size_t>(thread); i < passes.size();
             i += static_cast<size_t>(options.threads)) {
          Read(observer, simulation.population(), city_options.start, passes[i], sighting,
               readings[i]);
        }
      });
    }
    threads.clear();
    for (size_t i = 0; i < passes.size(); ++i) {
      if (!readings[i].made) continue;
      (random.Chance(query_share) ? queries : base).Add(readings[i].row, readings[i].vector);
    }
  }
  SIGHTLINE_RETURN_IF_ERROR(base.Close());
  SIGHTLINE_RETURN_IF_ERROR(queries.Close());
  return DataSet::WriteAbout(folder, {.vector_bytes = options.vector_bytes,
                                      .cameras = static_cast<uint32_t>(options.cameras)});
}

Status MakeSiftData(const std::filesystem::path& bigann, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const std::string name : {"base", "query"}) {
    std::ifstream in(bigann / ("bigann10k_" + name + ".bvecs"), std::ios::binary);
    if (!in) return NotFound("no bigann10k in " + bigann.string());
    RowFiles out(folder, name);
    uint32_t number = 0;
    std::string vector;
    for (int32_t bytes = 0; in.read(reinterpret_cast<char*>(&bytes), sizeof(bytes)); ++number) {
      vector.resize(static_cast<size_t>(bytes));
      in.read(vector.data(), bytes);
      out.Add({.ms_of_day = number * 8'640, .vehicle = number}, vector);
    }
    SIGHTLINE_RETURN_IF_ERROR(out.Close());
  }
  return DataSet::WriteAbout(folder, {.queries_are_rows = true});
}

}  // namespace sightline::bench
