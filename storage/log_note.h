// The note that a day keeps of a batch until the structures derived from its rows have them too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/row_key.h"
#include "core/sighting.h"
#include "storage/day.h"

namespace sightline::storage {

// One entry a version, in the order of the log: sequence u64, the row's key, the length u8 of the
// plate, the plate. The plate is there where the plate dictionary has yet to count the reading; the
// length 255 says that the version is a correction of the plate, which the dictionary has yet to
// hear of.
class LogNote {
 public:
  // `plate` is empty where there is nothing to count.
  void AddReading(const RowVersion& version, std::string_view plate);
  void AddCorrection(const RowVersion& version, bool changes_plate);

  const std::string& bytes() const { return bytes_; }
  uint32_t versions() const { return versions_; }
  // The highest sequence that the dictionary has yet to count; 0: none.
  Sequence uncounted_to() const { return uncounted_to_; }

 private:
  void Add(const RowVersion& version, uint8_t plate_length);

  std::string bytes_;
  uint32_t versions_ = 0;
  Sequence uncounted_to_ = 0;
};

// Reads a note's entries one after another.
class LogNoteReader {
 public:
  explicit LogNoteReader(std::string_view bytes) : bytes_(bytes) {}

  // Moves to the next entry; false at the end, or where the bytes are not a note.
  bool Next();
  // Whether Next ended before the note did.
  bool malformed() const { return malformed_; }

  const RowVersion& version() const { return version_; }
  std::string_view plate() const { return plate_; }
  bool corrects_plate() const { return corrects_plate_; }
  bool is_uncounted() const { return corrects_plate_ || !plate_.empty(); }

 private:
  std::string_view bytes_;
  RowVersion version_;
  std::string_view plate_;
  bool corrects_plate_ = false;
  bool malformed_ = false;
};

}  // namespace sightline::storage
