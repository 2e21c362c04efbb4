// All spaces of appearance vectors in memory, written through to the catalog.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/mutex.h"
#include "core/vector_space.h"
#include "storage/catalog.h"

namespace sightline::storage {

// Thread-safe. Reads never wait for a disk.
class SpaceRegistry {
 public:
  explicit SpaceRegistry(Catalog& catalog) : catalog_(catalog) {}

  Status Load() SIGHTLINE_EXCLUDES(mutex_);

  // As Store::PutSpace and Store::Spaces.
  Status Put(const VectorSpace& space) SIGHTLINE_EXCLUDES(write_mutex_, mutex_);
  std::vector<VectorSpace> All() const SIGHTLINE_EXCLUDES(mutex_);

 private:
  Catalog& catalog_;
  Mutex write_mutex_;  // one change at a time; taken before mutex_
  mutable Mutex mutex_;
  std::map<std::string, VectorSpace, std::less<>> by_name_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
