#include "tests/unit/storage/store_fixture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sightline::storage {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
  // In memory where that can be: the tests sync thousands of times.
  const fs::path memory = "/dev/shm";
  const bool in_memory = std::getenv("TMPDIR") == nullptr && ::access(memory.c_str(), W_OK) == 0;
  std::string name =
      ((in_memory ? memory : fs::temp_directory_path()) / "sightline-store-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Sighting Seen(std::string plate, std::string camera, Day day, int64_t ms) {
  Sighting sighting;
  sighting.camera_id = std::move(camera);
  sighting.time = day.start() + ms;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  return sighting;
}

Sighting FullSighting(std::string plate, std::string camera, Day day, int64_t ms) {
  Sighting sighting = Seen(std::move(plate), std::move(camera), day, ms);
  sighting.source_id = fmt::format("src-{}", ms);
  sighting.plate_read = "as " + sighting.plate;
  sighting.plate_color = "blue";
  sighting.plate_confidence = 0.97;
  sighting.attributes = {{"color", std::string("silver")},
                         {"sticker", true},
                         {"weight_t", 1.75},
                         {"year", int64_t{2013}}};
  sighting.location = Position{.lon = 116.330000000000012, .lat = -39.99};
  sighting.lane = 2;
  sighting.speed_kmh = 41.5;
  sighting.image = "https://example.org/481.jpg";
  sighting.vectors = {{.space = "detail", .bytes = std::string(512, '\x7f')},
                      {.space = "vehicle", .bytes = std::string(128, '\0')}};
  return sighting;
}

std::unique_ptr<Store> OpenStore(const fs::path& directory, const Clock& clock,
                                 const StoreOptions& options) {
  auto opened = Store::Open(directory, options, clock);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

Result<AppendResult> Append(Store& store, const Clock& clock, std::span<const Sighting> sightings) {
  std::vector<Camera> cameras;
  for (const Sighting& sighting : sightings) {
    cameras.push_back({.id = sighting.camera_id, .kind = CameraKind::kMobile});
  }
  SIGHTLINE_RETURN_IF_ERROR(store.AddMissingCameras(cameras));
  std::vector<EncodedSighting> batch;
  for (const Sighting& sighting : sightings) {
    batch.push_back(store.Encode(sighting, store.FindCamera(sighting.camera_id)->number,
                                 clock.Now(), store.NextNonce()));
  }
  return store.Append(batch);
}

Result<AppendResult> Append(Store& store, const Clock& clock,
                            std::initializer_list<Sighting> sightings) {
  return Append(store, clock, std::span(sightings.begin(), sightings.size()));
}

size_t Accepted(const AppendResult& result) {
  return static_cast<size_t>(
      std::count(result.outcomes.begin(), result.outcomes.end(), AppendOutcome::kAccepted));
}

std::vector<StoredSighting> AllRows(Store& store, Sequence as_of) {
  std::vector<StoredSighting> rows;
  for (const Day day : store.Days()) {
    const auto reader = store.OpenDay(day).value();
    if (reader == nullptr) continue;
    const auto cursor = reader->Rows();
    for (; cursor->Valid(); cursor->Next()) {
      if (cursor->row().sequence > as_of) continue;
      rows.push_back(reader->Decode(cursor->row(), as_of).value());
    }
    cursor->status().value();
  }
  return rows;
}

std::vector<std::string> PlateCounts(Store& store, Sequence as_of) {
  std::vector<std::string> counts;
  const auto visit = [&counts](const PlateSummary& plate) {
    counts.push_back(fmt::format("{} {}", plate.plate, plate.count));
    return true;
  };
  store.VisitPlates("", "", as_of, visit).value();
  return counts;
}

namespace {

// Names, sizes and times of all files: equal ones mean that nothing was written in between.
std::string Fingerprint(const fs::path& directory) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    files.push_back(fmt::format("{} {} {}", entry.path().string(), entry.file_size(),
                                entry.last_write_time().time_since_epoch().count()));
  }
  std::sort(files.begin(), files.end());
  return fmt::format("{}", fmt::join(files, "\n"));
}

}  // namespace

void CopyLive(const fs::path& from, const fs::path& to) {
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    try {
      fs::remove_all(to);
      fs::create_directories(to.parent_path());
      const std::string before = Fingerprint(from);
      fs::copy(from, to, fs::copy_options::recursive);
      if (Fingerprint(from) == before) return;
    } catch (const fs::filesystem_error&) {
      // A file went while it was being copied: again.
    }
  }
  throw std::runtime_error("the store's files never stand still");
}

std::vector<std::string> FilesHolding(const fs::path& directory, std::string_view text) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    if (bytes.find(text) != std::string::npos) {
      found.push_back(fs::relative(entry.path(), directory).string());
    }
  }
  return found;
}

}  // namespace sightline::storage
