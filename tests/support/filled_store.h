// A fresh store and short ways to put sightings into it.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/sighting.h"
#include "storage/store.h"

namespace sightline::testing {

enum class StoreKind { kMemory, kRocksDb };

// "Memory" or "RocksDb": names the runs of a test that is repeated over both.
std::string StoreKindName(StoreKind kind);

class FilledStore {
 public:
  explicit FilledStore(StoreKind kind);
  ~FilledStore();

  storage::Store& store() { return *store_; }

  // Makes the sightings durable, in one batch; unknown cameras become mobile ones. Throws when the
  // store refuses.
  storage::AppendResult Add(std::span<const Sighting> sightings);
  storage::AppendResult Add(std::initializer_list<Sighting> sightings) {
    return Add(std::span(sightings.begin(), sightings.size()));
  }

  // Everything that Add accepted and `as_of` sees, in no particular order.
  std::vector<StoredSighting> Accepted(Sequence as_of) const;

 private:
  class Directory;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<storage::Store> store_;
  std::vector<StoredSighting> accepted_;
};

}  // namespace sightline::testing
