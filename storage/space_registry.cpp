#include "storage/space_registry.h"

#include <fmt/format.h>

#include <optional>

#include "storage/record_codec.h"

namespace sightline::storage {
namespace {

constexpr std::string_view kSpacesTable = "spaces";

Error IsThereOtherwise(const VectorSpace& known) {
  return {ErrorCode::kConflict,
          fmt::format("the space \"{}\" is there already, of {} bytes, {}, {}, model \"{}\": what "
                      "its vectors mean never changes",
                      known.name, known.bytes, ElementName(known.element),
                      MetricName(known.metric), known.model),
          {}};
}

}  // namespace

Status SpaceRegistry::Load() {
  SIGHTLINE_ASSIGN(const auto entries, catalog_.Entries(kSpacesTable));
  const MutexLock lock(mutex_);
  for (const VectorSpace& space : DefaultSpaces()) by_name_[space.name] = space;
  for (const auto& [name, record] : entries) {
    auto space = DecodeSpace(name, record);
    if (!space) {
      return Error{ErrorCode::kCorruption,
                   fmt::format("{}: the space \"{}\" is not in a format that this version reads; "
                               "use a newer version",
                               catalog_.database().path(), name),
                   {}};
    }
    by_name_[name] = std::move(*space);
  }
  return Ok();
}

Status SpaceRegistry::Put(const VectorSpace& space) {
  SIGHTLINE_RETURN_IF_ERROR(CheckSpace(space));
  const MutexLock write_lock(write_mutex_);
  {
    const MutexLock lock(mutex_);
    if (const auto known = by_name_.find(space.name); known != by_name_.end()) {
      if (known->second == space) return Ok();
      return IsThereOtherwise(known->second);
    }
  }
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutEntry(kSpacesTable, space.name, EncodeSpace(space)));
  const MutexLock lock(mutex_);
  by_name_[space.name] = space;
  return Ok();
}

std::vector<VectorSpace> SpaceRegistry::All() const {
  const MutexLock lock(mutex_);
  std::vector<VectorSpace> spaces;
  spaces.reserve(by_name_.size());
  for (const auto& [name, space] : by_name_) spaces.push_back(space);
  return spaces;
}

}  // namespace sightline::storage
