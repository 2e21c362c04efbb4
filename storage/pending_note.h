// The note that a day keeps of a batch until the structures derived from its rows have them too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/day_database.h"

namespace sightline::storage {

// One entry a row: sequence u64, the row's key, the plate's length u8, the plate.
class PendingNote {
 public:
  void Add(const NewRow& row);

  bool empty() const { return bytes_.empty(); }
  const std::string& bytes() const { return bytes_; }
  Sequence last_sequence() const { return last_sequence_; }

  // Appends the note's readings to `out`; false when the bytes are not a note.
  static bool Read(std::string_view bytes, Day day, std::vector<PlateReading>& out);

 private:
  std::string bytes_;
  Sequence last_sequence_ = 0;
};

}  // namespace sightline::storage
