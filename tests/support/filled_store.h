// A fresh store and short ways to put sightings into it.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/correction.h"
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

  // Throws when the store refuses.
  void Correct(const SightingId& id, const Correction& correction);

  // Everything that Add accepted and `as_of` sees, as it stands there, in no particular order.
  std::vector<StoredSighting> Accepted(Sequence as_of) const;

 private:
  class Directory;
  // What a sighting was at first, and after each correction; sequences ascend.
  using Versions = std::vector<StoredSighting>;

  std::unique_ptr<Directory> directory_;
  std::unique_ptr<storage::Store> store_;
  std::vector<Versions> accepted_;
};

}  // namespace sightline::testing
