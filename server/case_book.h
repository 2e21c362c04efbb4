// Cases: saved queries, ticked sightings and notes under one name, with who and when on each.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/case_json.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/mutex.h"
#include "server/case_record.h"
#include "storage/store.h"

namespace sightline::server {

// The If-Match header of a request; empty: any revision will do.
using IfMatch = std::string_view;

// Operation: the catalog's table "cases" holds a record a case, and one table a kind and case holds
// an entry an item. A change first writes the case's record with its next revision and then the
// item, so that nothing changes under a revision that someone has read; a crash in between leaves a
// revision without a change. Records of cases are held in memory, items are not.
//
// Errors: kNotFound for an unknown case or item; kConflict with field kIfMatchField where the case
// is no longer at the revision asked for; kConflict without field for a change of what a closed
// case holds; kTooLarge beyond kMaxCaseItems of a kind; those of the store.
//
// Concurrency: all methods are thread-safe. All but Find and List do I/O and belong on a worker
// thread; changes go one after the other.
class CaseBook {
 public:
  static constexpr std::string_view kIfMatchField = "If-Match";
  static constexpr size_t kMaxItems = 10'000;

  // Reads the cases of the catalog, and ends deletions that were cut off. `store` and `clock`
  // outlive the result.
  static Result<std::unique_ptr<CaseBook>> Open(storage::Store& store, const Clock& clock);

  using CasePointer = std::shared_ptr<const CaseRecord>;

  Result<CasePointer> Create(const api::CaseChange& change, const Author& author);
  Result<CasePointer> Find(std::string_view id) const;
  std::vector<CasePointer> List() const;  // newest first, equal times by id
  Result<CasePointer> Change(std::string_view id, const api::CaseChange& change, IfMatch if_match,
                             const Author& author);
  // With everything in it.
  Status Delete(std::string_view id, IfMatch if_match);

  // Items in the order in which they were added, equal times by id.
  Result<std::vector<CaseQuery>> Queries(std::string_view id) const;
  Result<std::vector<CaseSighting>> Sightings(std::string_view id) const;
  Result<std::vector<CaseNote>> Notes(std::string_view id) const;

  // A case with all that it holds, with no change in between.
  struct Whole {
    CasePointer record;
    std::vector<CaseQuery> queries;
    std::vector<CaseSighting> sightings;
    std::vector<CaseNote> notes;
  };
  Result<Whole> ReadWhole(std::string_view id);

  // What an addition made of the case, and of the item.
  template <typename Item>
  struct Added {
    CasePointer record;
    Item item;
  };
  Result<Added<CaseQuery>> AddQuery(std::string_view id, const api::SavedQuery& query,
                                    IfMatch if_match, const Author& author);
  Result<Added<CaseNote>> AddNote(std::string_view id, std::string_view text, IfMatch if_match,
                                  const Author& author);

  struct Ticked {
    CasePointer record;
    uint64_t added = 0;
    uint64_t already = 0;  // was ticked before
  };
  // `sightings` need no `added` and `added_by`. One that is ticked already keeps its copy, who and
  // when, and takes on the note where one is given.
  Result<Ticked> AddSightings(std::string_view id, std::span<const CaseSighting> sightings,
                              IfMatch if_match, const Author& author);

  enum class Kind { kQuery, kSighting, kNote };
  Result<CasePointer> RemoveItem(std::string_view id, Kind kind, std::string_view item,
                                 IfMatch if_match, const Author& author);

 private:
  using Snapshot = std::map<std::string, CasePointer, std::less<>>;

  CaseBook(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  std::shared_ptr<const Snapshot> Read() const SIGHTLINE_EXCLUDES(snapshot_mutex_);
  Status Put(CaseRecord record) SIGHTLINE_REQUIRES(write_mutex_);
  void Forget(std::string_view id) SIGHTLINE_REQUIRES(write_mutex_);
  Status DeleteWhole(const CaseRecord& record) SIGHTLINE_REQUIRES(write_mutex_);
  // The case as it may be changed now.
  Result<CaseRecord> Changeable(std::string_view id, IfMatch if_match) const
      SIGHTLINE_REQUIRES(write_mutex_);
  // The same for a change of an item: the case must be open.
  Result<CaseRecord> OpenForChange(std::string_view id, IfMatch if_match) const
      SIGHTLINE_REQUIRES(write_mutex_);
  Result<CasePointer> PutNextRevision(CaseRecord record, const Author& author)
      SIGHTLINE_REQUIRES(write_mutex_);
  template <typename Item>
  Result<Added<Item>> AddItem(std::string_view id, Item item, IfMatch if_match,
                              const Author& author);

  storage::Store& store_;
  const Clock& clock_;
  Mutex write_mutex_;  // held over a change of the catalog and of the snapshot
  mutable Mutex snapshot_mutex_;
  std::shared_ptr<const Snapshot> snapshot_ SIGHTLINE_GUARDED_BY(snapshot_mutex_);
};

}  // namespace sightline::server
