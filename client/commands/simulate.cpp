#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "api/camera_json.h"
#include "client/commands/commands.h"
#include "client/import/importer.h"
#include "client/import/progress.h"
#include "client/interrupt.h"
#include "client/output/terminal.h"
#include "client/simulate/simulated_sightings.h"

namespace sightline::client {
namespace {

using simulation::City;
using simulation::SimulationOptions;
using simulation::TruthReadings;

constexpr const char* kFooter =
    R"(The same options give the same bytes. Shares are numbers from 0 to 1. docs/simulator.md tells
what is simulated and what the truth file holds.

Examples:
  sightline simulate --vehicles 300 --cameras 60 --days 2 --out city
  sightline simulate --sightings 1000000 --days 7 --seed 3 --out big --no-truth
  sightline simulate --roads futian.graphml.gz --vehicles 5000 --out - | head
  sightline simulate --vehicles 2000 --days 3 --server --truth truth.ndjson.gz
  sightline simulate --sightings 30000000 --days 30 --data /var/lib/sightline)";

constexpr uint64_t kBlockRows = 5'000;
constexpr int kAttempts = 10;

struct SimulateOptions {
  SimulationOptions city;
  std::optional<uint64_t> vehicles;
  std::optional<uint64_t> sightings;
  std::optional<int> cameras;
  std::string start = "2024-03-04";
  std::string scheme = "cn";
  std::string vectors = "vehicle";
  std::string out;
  bool server = false;
  std::string data;
  bool no_graphs = false;
  bool no_gzip = false;
  std::string truth;
  bool no_truth = false;
  std::string truth_readings = "all";
  uint64_t batch = 20'000;
  int connections = 2;
};

constexpr uint64_t kDefaultVehicles = 1'000;

// Some 60 for a demo, 300 for 30,000 vehicles, 3,000 for a great city.
int DefaultCameras(uint64_t vehicles) {
  return static_cast<int>(
      std::clamp(std::sqrt(static_cast<double>(vehicles)) * 1.8, 60.0, 3'000.0));
}

// The vehicles, or how active they are, that make about the wanted number of sightings.
Status FitSightings(const SimulateOptions& given, SimulationOptions& options, City& city) {
  const double each = simulation::ReadingsPerVehicle(options, city);
  const auto wanted = static_cast<double>(*given.sightings);
  if (!(each > 0)) return InvalidArgument("no camera sees a vehicle; give more --cameras");
  if (!given.vehicles) {
    options.vehicles = std::max<uint64_t>(1, static_cast<uint64_t>(wanted / each + 0.5));
    return simulation::Validate(options);
  }
  options.activity = wanted / (each * static_cast<double>(options.vehicles));
  if (options.activity <= 1) return Ok();
  return InvalidArgument(fmt::format(
      "{} vehicles make about {} sightings in {} days, not {}; give more --vehicles or --days, or "
      "leave --vehicles out",
      options.vehicles, static_cast<uint64_t>(each * static_cast<double>(options.vehicles)),
      options.days, *given.sightings));
}

Result<SimulationOptions> MakeOptions(const CommandLine& line, const SimulateOptions& given) {
  SimulationOptions options = given.city;
  options.scheme =
      given.scheme == "us" ? simulation::PlateScheme::kCalifornia : simulation::PlateScheme::kChina;
  const std::string usual_zone = given.scheme == "us" ? "America/Los_Angeles" : "Asia/Shanghai";
  SIGHTLINE_ASSIGN(
      const TimeZone zone,
      TimeZone::Named(line.globals.time_zone.empty() ? usual_zone : line.globals.time_zone));
  const Result<Day> day = ParseDay(given.start);
  if (!day) {
    return InvalidArgument(fmt::format("--start {}: {}", given.start, day.error().message));
  }
  SIGHTLINE_ASSIGN(options.start, ParseMoment(given.start, zone));
  options.first_weekday = (day->number + 3) % 7;  // 1970-01-01 was a Thursday
  options.vehicle_vectors = given.vectors == "vehicle" || given.vectors == "both";
  options.detail_vectors = given.vectors == "detail" || given.vectors == "both";
  options.vehicles = given.vehicles.value_or(kDefaultVehicles);
  // Without --vehicles a rough number of them, for the cameras alone.
  constexpr uint64_t kRoughlyEach = 20;
  const uint64_t roughly =
      given.sightings && !given.vehicles
          ? *given.sightings / (kRoughlyEach * static_cast<uint64_t>(std::max(1, options.days)))
          : options.vehicles;
  options.cameras = given.cameras.value_or(DefaultCameras(roughly));
  SIGHTLINE_RETURN_IF_ERROR(simulation::Validate(options));
  return options;
}

std::vector<Camera> RegisteredCameras(const City& city) {
  std::vector<Camera> cameras;
  for (const simulation::CityCamera& camera : city.cameras.cameras()) {
    cameras.push_back(camera.registered);
  }
  return cameras;
}

std::string CamerasAsNdjson(const City& city) {
  std::string text;
  for (Camera& camera : RegisteredCameras(city)) {
    CameraRecord record{.history = {{.camera = std::move(camera)}}};
    api::JsonWriter json(text);
    api::WriteCamera(json, record);
    text += '\n';
  }
  return text;
}

// Shows how far the simulated time has come.
class SimulateProgress {
 public:
  explicit SimulateProgress(bool show) : show_(show), progress_(stderr, IsTerminal(stderr)) {}

  void Update(uint64_t rows, uint64_t steps) {
    if (!show_) return;
    const auto now = Progress::Clock::now();
    progress_.Update({.rows = rows,
                      .file_position = steps,
                      .file_size = kProgressSteps,
                      .elapsed = now - began_},
                     now);
  }
  // Of image search, once all is written.
  void ShowGraph(size_t number, double share) {
    if (!show_ || !IsTerminal(stderr)) return;
    progress_.Clear();
    fmt::print(stderr, "\rgraph {}: {:3.0f} %\x1b[K", number, share * 100);
    std::fflush(stderr);
    drawn_ = true;
  }
  void Clear() {
    progress_.Clear();
    if (drawn_) fmt::print(stderr, "\r\x1b[K");
    drawn_ = false;
  }
  double seconds() const {
    return std::chrono::duration<double>(Progress::Clock::now() - began_).count();
  }

 private:
  bool show_;
  bool drawn_ = false;
  Progress progress_;
  Progress::Clock::time_point began_ = Progress::Clock::now();
};

Error Interrupted() { return {ErrorCode::kCancelled, "interrupted", {}}; }

Status WriteFiles(SimulatedSightings& sightings, OutputFile& out, SimulateProgress& progress) {
  SimulatedBatches batches(sightings);
  Batch batch;
  while (true) {
    SIGHTLINE_ASSIGN(const bool any, batches.Next(kBlockRows, batch));
    if (!any) return Ok();
    SIGHTLINE_RETURN_IF_ERROR(out.Write(batch.body));
    progress.Update(sightings.summary().readings, batch.file_position);
    if (StopRequested()) return Interrupted();
  }
}

class UploadObserver final : public ImportObserver {
 public:
  explicit UploadObserver(SimulateProgress& progress) : progress_(progress) {}

  Status OnBatch(const BatchOutcome& outcome) override {
    accepted_ += outcome.accepted;
    duplicates_ += outcome.duplicates;
    steps_ = outcome.file_position;
    if (outcome.rejected == 0) return Ok();
    const std::string why = outcome.errors.empty() ? "" : ": " + outcome.errors.front().detail;
    return Error{ErrorCode::kUnacceptable,
                 fmt::format("the server refused {} sightings{}", outcome.rejected, why),
                 {}};
  }
  void OnTick() override { progress_.Update(accepted_ + duplicates_, steps_); }
  uint64_t duplicates() const { return duplicates_; }

 private:
  SimulateProgress& progress_;
  uint64_t accepted_ = 0;
  uint64_t duplicates_ = 0;
  uint64_t steps_ = 0;
};

Status Upload(const CommandLine& line, const SimulateOptions& given, const City& city,
              SimulatedSightings& sightings, SimulateProgress& progress) {
  ImportOptions options;
  options.client = line.client_options(kAttempts);
  options.client.cancelled = &AbortRequested();
  options.stop = &StopRequested();
  options.batch_rows = given.batch;
  options.connections = given.connections;
  SIGHTLINE_ASSIGN(Client client, Client::Create(options.client));
  const std::string cameras = CamerasAsNdjson(city);
  TextBody body(cameras);
  SIGHTLINE_ASSIGN(const CameraOutcome outcome, client.PutCameras(body, BodyFormat::kNdjson));
  if (outcome.rejected > 0) {
    return Error{ErrorCode::kUnacceptable,
                 fmt::format("the server refused {} cameras", outcome.rejected),
                 {}};
  }
  SimulatedBatches batches(sightings);
  UploadObserver observer(progress);
  SIGHTLINE_RETURN_IF_ERROR(ImportBatches(batches, options, observer));
  if (observer.duplicates() > 0 && !line.globals.quiet) {
    progress.Clear();
    fmt::print(stderr, "{} sightings were there already\n", WithThousands(observer.duplicates()));
  }
  return Ok();
}

Status WriteDirectly(const CommandLine& line, const SimulateOptions& given, const City& city,
                     SimulatedSightings& sightings, SimulateProgress& progress) {
  if (!line.open_data_directory) return InvalidArgument("this program cannot write with --data");
  SIGHTLINE_ASSIGN(const auto writer, line.open_data_directory(given.data));
  const std::vector<Camera> cameras = RegisteredCameras(city);
  SIGHTLINE_RETURN_IF_ERROR(writer->PutCameras(cameras));
  std::vector<Sighting> batch;
  bool stopped = false;
  for (bool more = true; more && !stopped;) {
    SIGHTLINE_ASSIGN(const Sighting* const sighting, sightings.Next());
    more = sighting != nullptr;
    if (more) batch.push_back(*sighting);
    if (batch.size() < kBlockRows && more) continue;
    SIGHTLINE_RETURN_IF_ERROR(writer->Write(std::move(batch)));
    batch.clear();
    progress.Update(sightings.summary().readings,
                    static_cast<uint64_t>(sightings.progress() * kProgressSteps));
    stopped = StopRequested();
  }
  const auto build = [&progress](size_t built, double share) {
    progress.ShowGraph(built + 1, share);
    return !StopRequested();
  };
  SIGHTLINE_ASSIGN(const DirectWriter::Totals totals,
                   writer->Close(stopped || given.no_graphs
                                     ? DirectWriter::GraphObserver()
                                     : DirectWriter::GraphObserver(build)));
  if (stopped) return Interrupted();
  if (totals.rejected > 0) {
    return Error{ErrorCode::kUnacceptable,
                 fmt::format("{} sightings were not accepted", totals.rejected),
                 {}};
  }
  return Ok();
}

Result<std::optional<OutputFile>> OpenTruth(const SimulateOptions& given) {
  std::string path = given.truth;
  if (path.empty() && !given.out.empty() && given.out != "-" && !given.no_truth) {
    path = given.out + (given.no_gzip ? "/truth.ndjson" : "/truth.ndjson.gz");
  }
  if (path.empty()) return std::nullopt;
  SIGHTLINE_ASSIGN(OutputFile file, OutputFile::Create(path, path.ends_with(".gz")));
  return std::optional(std::move(file));
}

Result<OutputFile> OpenSightings(const SimulateOptions& given, const City& city) {
  if (given.out == "-") return OutputFile::Create("-", false);
  SIGHTLINE_ASSIGN(OutputFile cameras, OutputFile::Create(given.out + "/cameras.ndjson", false));
  std::string text = CamerasAsNdjson(city);
  SIGHTLINE_RETURN_IF_ERROR(cameras.Write(text));
  SIGHTLINE_RETURN_IF_ERROR(cameras.Close());
  return OutputFile::Create(
      given.out + (given.no_gzip ? "/sightings.ndjson" : "/sightings.ndjson.gz"), !given.no_gzip);
}

Status Produce(const CommandLine& line, const SimulateOptions& given, const City& city,
               SimulatedSightings& sightings, SimulateProgress& progress) {
  if (given.server) return Upload(line, given, city, sightings, progress);
  if (!given.data.empty()) return WriteDirectly(line, given, city, sightings, progress);
  SIGHTLINE_ASSIGN(OutputFile out, OpenSightings(given, city));
  const Status written = WriteFiles(sightings, out, progress);
  const Status closed = out.Close();
  return written ? closed : written;
}

Outcome Run(const CommandLine& line, const SimulateOptions& given) {
  if (given.out.empty() && !given.server && given.data.empty()) {
    return UsageError("say where to: --out DIR, --out - (standard output), --server or --data DIR");
  }
  SIGHTLINE_TRY_USAGE(SimulationOptions options, MakeOptions(line, given));
  SIGHTLINE_TRY_USAGE(City city, City::Build(options));
  if (given.sightings) {
    if (const Status fitted = FitSightings(given, options, city); !fitted) {
      return UsageError(fitted.error().message);
    }
  }
  if (!given.out.empty() && given.out != "-") {
    std::error_code error;
    std::filesystem::create_directories(given.out, error);
    if (error) return UsageError(fmt::format("{} cannot be made: {}", given.out, error.message()));
  }
  SIGHTLINE_TRY_USAGE(std::optional<OutputFile> truth, OpenTruth(given));
  const TruthReadings told = given.truth_readings == "all"    ? TruthReadings::kAll
                             : given.truth_readings == "none" ? TruthReadings::kNone
                                                              : TruthReadings::kDeviating;
  SimulatedSightings sightings(options, city, truth ? &*truth : nullptr, told);
  SimulateProgress progress(!line.globals.quiet);
  Status status = Produce(line, given, city, sightings, progress);
  if (truth) {
    const Status finished = sightings.FinishTruth(status.has_value());
    const Status closed = truth->Close();
    if (status) status = finished ? closed : finished;
  }
  progress.Clear();
  if (!status) return OutcomeOf(status.error());
  const simulation::TruthSummary& summary = sightings.summary();
  if (!line.globals.quiet) {
    fmt::print(stderr,
               "{} sightings of {} vehicles by {} cameras in {} days ({} misread, {} unread, {} "
               "passes missed); {:.1f} s\n",
               WithThousands(summary.readings), WithThousands(options.vehicles),
               WithThousands(static_cast<uint64_t>(options.cameras)), options.days,
               WithThousands(summary.misread), WithThousands(summary.unread),
               WithThousands(summary.missed), progress.seconds());
  }
  return Success();
}

void AddSizeOptions(CLI::App& command, SimulateOptions& options) {
  constexpr const char* kGroup = "Size";
  command.add_option("--vehicles", options.vehicles, "Vehicles (1000)")->group(kGroup);
  command
      .add_option(
          "--sightings", options.sightings,
          "About so many sightings: by as many vehicles as it takes or, with --vehicles, by "
          "leaving them at home on some days")
      ->check(CLI::PositiveNumber)
      ->group(kGroup);
  command.add_option("--days", options.city.days, "Days (1)")->group(kGroup);
  command.add_option("--cameras", options.cameras, "Cameras (by the vehicles, 60 to 3000)")
      ->group(kGroup);
  command.add_option("--seed", options.city.seed, "Another seed, another city (1)")->group(kGroup);
  command.add_option("--start", options.start, "The first day, in --tz (2024-03-04)")
      ->type_name("DATE")
      ->group(kGroup);
  command.add_option("--scheme", options.scheme, "Plates and names: cn or us (cn); sets --tz, too")
      ->check(CLI::IsMember({"cn", "us"}))
      ->group(kGroup);
  command
      .add_option("--roads", options.city.roads,
                  "A road graph in GraphML, as OSMnx writes it, plain or gzip (a made-up one)")
      ->type_name("FILE")
      ->group(kGroup);
}

void AddFaultOptions(CLI::App& command, SimulationOptions& city) {
  const auto add = [&](const char* name, double& share, const char* what) {
    command.add_option(name, share, what)->type_name("SHARE")->group("What goes wrong");
  };
  add("--misread", city.misread, "Of readings: another plate than the true one (0.03)");
  add("--unread", city.unread, "Of readings: no plate (0.01)");
  add("--missed", city.missed, "Of passes: no reading (0.02)");
  add("--wrong-clock", city.wrong_clock, "Of cameras: the clock is off, or drifts (0.01)");
  add("--wrong-position", city.wrong_position, "Of cameras: registered elsewhere (0.005)");
  add("--mobile", city.mobile, "Of cameras: moved around, readings bear their place (0.02)");
  add("--clones", city.clones, "Of vehicles: bear another's plate (0.005)");
  add("--clones-same-model", city.clones_same_model, "Of clones: look like the genuine one (0.8)");
  add("--clones-from-start", city.clones_from_start, "Of clones: drive from the first day (0.15)");
  add("--clones-without-sticker", city.clones_without_sticker,
      "Of clones: bear no inspection sticker (0.5)");
  add("--convoy-vehicles", city.convoy_vehicles, "Of vehicles: travel in convoys at times (0.01)");
}

void AddOutputOptions(CLI::App& command, SimulateOptions& options) {
  constexpr const char* kGroup = "Where to";
  CLI::Option* out = command.add_option(
      "--out", options.out,
      "A directory for cameras.ndjson, sightings.ndjson.gz and truth.ndjson.gz; '-' is standard "
      "output, sightings alone");
  out->type_name("DIR")->group(kGroup);
  CLI::Option* server =
      command.add_flag("--server", options.server, "To the server (--url, --token, ...)");
  server->group(kGroup)->excludes(out);
  CLI::Option* data =
      command.add_option("--data", options.data, "Into a data directory that no server has open");
  data->type_name("DIR")->group(kGroup)->excludes(out)->excludes(server);
  command
      .add_flag("--no-graphs", options.no_graphs,
                "Leaves the graphs of image search to the server that opens --data")
      ->needs(data)
      ->group(kGroup);
  command.add_flag("--no-gzip", options.no_gzip, "Plain files in --out")->group(kGroup);
  command.add_option("--vectors", options.vectors, "none, vehicle, detail or both (vehicle)")
      ->check(CLI::IsMember({"none", "vehicle", "detail", "both"}))
      ->group(kGroup);
  CLI::Option* truth = command.add_option("--truth", options.truth,
                                          "The truth, NDJSON, gzip where the name ends in .gz");
  truth->type_name("FILE")->group(kGroup);
  command.add_flag("--no-truth", options.no_truth, "No truth file in --out")
      ->excludes(truth)
      ->group(kGroup);
  command
      .add_option("--truth-readings", options.truth_readings,
                  "Readings in the truth: all, deviating (and missed) or none (all)")
      ->check(CLI::IsMember({"all", "deviating", "none"}))
      ->group(kGroup);
  command.add_option("--batch", options.batch, "With --server: rows a request (20000)")
      ->check(CLI::Range(uint64_t{1}, uint64_t{10'000'000}))
      ->group(kGroup);
  command.add_option("--connections", options.connections, "With --server: requests at once (2)")
      ->check(CLI::Range(1, 64))
      ->group(kGroup);
}

}  // namespace

void AddSimulateCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "simulate", "Makes up a city: cameras, sightings, and the truth behind them", {});
  command->footer(kFooter);
  auto options = std::make_shared<SimulateOptions>();
  AddSizeOptions(*command, *options);
  AddFaultOptions(*command, options->city);
  AddOutputOptions(*command, *options);
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
