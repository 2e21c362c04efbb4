#include "tests/support/filled_store.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/clock.h"
#include "tests/support/memory_store.h"

namespace sightline::testing {
namespace {

const SystemClock kClock;

}  // namespace

class FilledStore::Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "sightline-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::filesystem::filesystem_error("mkdtemp", name, {});
    path_ = name;
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string StoreKindName(StoreKind kind) {
  return kind == StoreKind::kMemory ? "Memory" : "RocksDb";
}

FilledStore::FilledStore(StoreKind kind) {
  if (kind == StoreKind::kMemory) {
    store_ = std::make_unique<MemoryStore>();
  } else {
    directory_ = std::make_unique<Directory>();
    store_ = storage::Store::Open(directory_->path() / "data", {}, kClock).value();
  }
}

FilledStore::~FilledStore() { (void)store_->Close(); }

storage::AppendResult FilledStore::Add(std::span<const Sighting> sightings) {
  const TimestampMs received = kClock.Now();
  std::vector<storage::EncodedSighting> batch;
  for (const Sighting& sighting : sightings) {
    if (!store_->FindCamera(sighting.camera_id)) {
      const Camera camera{.id = sighting.camera_id, .kind = CameraKind::kMobile};
      store_->PutCameras(std::span(&camera, 1)).value();
    }
    batch.push_back(store_->Encode(sighting, store_->FindCamera(sighting.camera_id)->number,
                                   received, store_->NextNonce()));
  }
  storage::AppendResult result = store_->Append(batch).value();
  for (size_t i = 0; i < sightings.size(); ++i) {
    if (result.outcomes[i] != storage::AppendOutcome::kAccepted) continue;
    accepted_.push_back({store_->GetSighting(result.ids[i], result.last_sequence).value()});
  }
  return result;
}

void FilledStore::Correct(const SightingId& id, const Correction& correction) {
  const StoredCorrection stored = store_->Correct(id, correction).value();
  const auto versions = std::find_if(accepted_.begin(), accepted_.end(),
                                     [&](const Versions& v) { return v.front().id == id; });
  StoredSighting row = versions->back();
  row.corrected = stored.sequence;
  if (correction.plate) row.sighting.plate = *correction.plate;
  std::map<std::string, AttributeValue> attributes;
  for (const Attribute& attribute : row.sighting.attributes) {
    attributes[attribute.name] = attribute.value;
  }
  for (const std::string& name : correction.removed_attributes) attributes.erase(name);
  for (const Attribute& attribute : correction.attributes) {
    attributes[attribute.name] = attribute.value;
  }
  row.sighting.attributes.clear();
  for (const auto& [name, value] : attributes) row.sighting.attributes.push_back({name, value});
  versions->push_back(std::move(row));
}

std::vector<StoredSighting> FilledStore::Accepted(Sequence as_of) const {
  std::vector<StoredSighting> rows;
  for (const Versions& versions : accepted_) {
    const auto in_force = std::find_if(versions.rbegin(), versions.rend(), [&](const auto& row) {
      return std::max(row.sequence, row.corrected) <= as_of;
    });
    if (in_force != versions.rend()) rows.push_back(*in_force);
  }
  return rows;
}

}  // namespace sightline::testing
