#include "storage/pending_note.h"

#include <algorithm>

#include "storage/big_endian.h"
#include "storage/row_key.h"

namespace sightline::storage {

namespace {
constexpr size_t kFixedBytes = sizeof(Sequence) + kRowKeyBytes + 1;
}

void PendingNote::Add(const NewRow& row) {
  AppendLittleEndian(row.sequence, bytes_);
  const RowKeyBytes key = EncodeRowKey(row.key);
  bytes_.append(key.data(), key.size());
  bytes_.push_back(static_cast<char>(row.plate.size()));
  bytes_.append(row.plate);
  last_sequence_ = std::max(last_sequence_, row.sequence);
}

bool PendingNote::Read(std::string_view bytes, Day day, std::vector<PlateReading>& out) {
  while (!bytes.empty()) {
    if (bytes.size() < kFixedBytes) return false;
    const auto key = DecodeRowKey(bytes.substr(sizeof(Sequence), kRowKeyBytes));
    const size_t plate_bytes = static_cast<unsigned char>(bytes[kFixedBytes - 1]);
    if (!key || bytes.size() < kFixedBytes + plate_bytes) return false;
    out.push_back({.plate = std::string(bytes.substr(kFixedBytes, plate_bytes)),
                   .day = day,
                   .ms_of_day = key->ms_of_day,
                   .sequence = LoadLittleEndian<Sequence>(bytes.data())});
    bytes.remove_prefix(kFixedBytes + plate_bytes);
  }
  return true;
}

}  // namespace sightline::storage
