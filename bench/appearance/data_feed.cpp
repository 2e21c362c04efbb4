#include "bench/appearance/data_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "core/mutex.h"
#include "simulation/random.h"
#include "simulation/vehicle_models.h"

namespace sightline::bench {
namespace {

// The list of segments in their directory: sealed_to, then name and description of each, in length
// and bytes.
constexpr std::string_view kList = "list";

void WriteText(std::ofstream& file, const std::string& text) {
  file << text.size() << ' ' << text;
}

std::string ReadText(std::ifstream& file) {
  size_t size = 0;
  file >> size;
  file.get();
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  return text;
}

}  // namespace

class DataFeed::OpenDay final : public index::DayFeed {
 public:
  OpenDay(const DataSet& data, std::filesystem::path directory)
      : data_(data), directory_(std::move(directory)) {
    std::filesystem::create_directories(directory_);
    MutexLock lock(mutex_);
    std::ifstream file(directory_ / kList, std::ios::binary);
    size_t segments = 0;
    if (!(file >> sealed_to_ >> segments)) return;
    for (size_t i = 0; i < segments; ++i) {
      std::string name = ReadText(file);
      segments_.push_back({std::move(name), ReadText(file)});
    }
    log_end_ = sealed_to_;
  }

  Day day() const override { return kDay; }
  uint64_t sealed_to() const override {
    MutexLock lock(mutex_);
    return sealed_to_;
  }
  uint64_t log_end() const override {
    MutexLock lock(mutex_);
    return log_end_;
  }
  std::vector<index::ListedSegment> Segments() const override {
    MutexLock lock(mutex_);
    return segments_;
  }
  std::filesystem::path directory() const override { return directory_; }
  bool IsInForce(const RowKey&, Sequence, Sequence) const override { return true; }
  bool HasCorrections() const override { return false; }

  Result<std::vector<index::IndexRow>> Read(uint64_t from, size_t limit) const override {
    std::vector<index::IndexRow> rows;
    const uint64_t end = std::min<uint64_t>(log_end(), from + limit);
    for (uint64_t row = from; row < end; ++row) rows.push_back(Make(static_cast<uint32_t>(row)));
    return rows;
  }

  Result<std::vector<index::IndexRow>> ReadVersions(
      std::span<const std::pair<RowKey, Sequence>> versions) const override {
    std::vector<index::IndexRow> rows;
    for (const auto& [key, sequence] : versions) {
      rows.push_back(Make(static_cast<uint32_t>(sequence - 1)));
    }
    return rows;
  }

  Status Commit(uint64_t sealed_to, std::span<const index::ListedSegment> added,
                std::span<const std::string> removed) {
    MutexLock lock(mutex_);
    sealed_to_ = sealed_to;
    for (const std::string& name : removed) {
      std::erase_if(segments_, [&](const auto& segment) { return segment.name == name; });
      std::filesystem::remove(directory_ / name);
    }
    segments_.insert(segments_.end(), added.begin(), added.end());
    std::ofstream file(directory_ / kList, std::ios::binary);
    file << sealed_to_ << ' ' << segments_.size() << '\n';
    for (const index::ListedSegment& segment : segments_) {
      WriteText(file, segment.name);
      WriteText(file, segment.description);
    }
    file.close();
    if (!file) return Error{ErrorCode::kIo, "the list of segments cannot be written", {}};
    return Ok();
  }

  void SetLogEnd(uint64_t rows) {
    MutexLock lock(mutex_);
    log_end_ = std::max(rows, sealed_to_);
  }

 private:
  index::IndexRow Make(uint32_t row) const {
    const DataRow& at = data_.Row(row);
    const simulation::VehicleModel& model = simulation::VehicleModels()[at.model];
    index::IndexRow made;
    made.key = {at.ms_of_day, at.camera + 1u, simulation::Mix(row + 1)};
    made.sequence = row + 1;
    if (!at.unread) made.plate = fmt::format("A{:07}", at.vehicle);
    made.plate_color = "blue";
    made.attributes = {{"brand", std::string(model.brand)},
                       {"color", std::string(simulation::Colors()[at.color])},
                       {"lot", LotNameOf(LotOf(row))},
                       {"model", ModelNameOf(at.model)},
                       {"type", std::string(simulation::BodyTypeName(model.type))}};
    made.vectors = {{data_.space().name, std::string(data_.Vector(row))}};
    return made;
  }

  const DataSet& data_;
  const std::filesystem::path directory_;
  mutable Mutex mutex_;
  uint64_t sealed_to_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  uint64_t log_end_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::vector<index::ListedSegment> segments_ SIGHTLINE_GUARDED_BY(mutex_);
};

DataFeed::DataFeed(const DataSet& data, std::filesystem::path directory)
    : data_(data), day_(std::make_shared<OpenDay>(data, std::move(directory))) {}

DataFeed::~DataFeed() = default;

void DataFeed::SetLogEnd(uint64_t rows) { day_->SetLogEnd(rows); }

uint64_t DataFeed::sealed_to() const { return day_->sealed_to(); }

Result<std::shared_ptr<const index::DayFeed>> DataFeed::Open(Day day) {
  if (day != kDay) return nullptr;
  return day_;
}

Status DataFeed::Commit(Day, uint64_t sealed_to, std::span<const index::ListedSegment> added,
                        std::span<const std::string> removed) {
  return day_->Commit(sealed_to, added, removed);
}

Status DataFeed::Reset(Day) {
  std::vector<std::string> names;
  for (const index::ListedSegment& segment : day_->Segments()) names.push_back(segment.name);
  return day_->Commit(0, {}, names);
}

}  // namespace sightline::bench
