// Where the index gets its rows from and keeps its files: what storage looks like from here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/row_key.h"
#include "core/sighting.h"
#include "core/time.h"
#include "core/vector_space.h"

namespace sightline::index {

// One version of a row, with the members of the sighting that columns are made of.
struct IndexRow {
  RowKey key;
  Sequence sequence = 0;              // of this version: of its ingest, or of the correction
  std::string plate;                  // normalised; empty: unread
  std::string plate_color;            // empty: unknown
  std::optional<Position> location;
  std::vector<Attribute> attributes;  // in byte order of name, names unique
  // In byte order of space, spaces unique. Those that are no vector of a space that there is
  // (Feed::Spaces) are passed over.
  std::vector<AppearanceVector> vectors;
};

// A file of a day, as the day lists it: a sealed segment, or the graph over one's vectors.
struct ListedSegment {
  std::string name;         // of a file in DayFeed::directory()
  std::string description;  // as given to Feed::Commit
};

// One open day. Holding it keeps the day open and its files on disk. Thread-safe.
class DayFeed {
 public:
  virtual ~DayFeed() = default;
  virtual Day day() const = 0;

  // The day's log counts versions of rows from its first. [sealed_to(), log_end()) are in no
  // segment. What was visible to readers before a call is below the log_end() that it returns.
  virtual uint64_t sealed_to() const = 0;
  virtual uint64_t log_end() const = 0;

  // The versions at [from, from + limit) of the log, fewer at its end.
  virtual Result<std::vector<IndexRow>> Read(uint64_t from, size_t limit) const = 0;

  // The versions with these keys and sequences, in that order: what a segment is written from anew.
  // kCorruption where one is missing.
  virtual Result<std::vector<IndexRow>> ReadVersions(
      std::span<const std::pair<RowKey, Sequence>> versions) const = 0;

  virtual std::vector<ListedSegment> Segments() const = 0;
  virtual std::filesystem::path directory() const = 0;

  // Whether the version is in force at `as_of` (see storage::DayReader::IsInForce).
  virtual bool IsInForce(const RowKey& key, Sequence version, Sequence as_of) const = 0;
  // Where false, every version not above `as_of` is in force there; true is safe to say. Cheap.
  virtual bool HasCorrections() const { return true; }
};

// Thread-safe.
class Feed {
 public:
  virtual ~Feed() = default;

  // Null when the day holds nothing.
  virtual Result<std::shared_ptr<const DayFeed>> Open(Day day) = 0;

  // The spaces that there are. A space never changes what its vectors mean.
  virtual std::vector<VectorSpace> Spaces() const { return DefaultSpaces(); }

  // As storage::Store::CommitSegments: durable, all or nothing, the names of the added files too.
  virtual Status Commit(Day day, uint64_t sealed_to, std::span<const ListedSegment> added,
                        std::span<const std::string> removed) = 0;

  // Forgets and deletes the day's segments; its log then begins with its first row again.
  virtual Status Reset(Day day) = 0;
};

}  // namespace sightline::index
