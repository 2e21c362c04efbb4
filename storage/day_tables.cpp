#include "storage/day_tables.h"

#include "storage/row_key.h"

namespace sightline::storage {

std::string CorrectionKey(const RowVersion& corrected) {
  std::string key = CorrectionsStart();
  const RowKeyBytes row = EncodeRowKey(corrected.key);
  key.append(row.data(), row.size());
  AppendBigEndian(corrected.sequence, key);
  return key;
}

std::optional<RowVersion> DecodeCorrectionKey(std::string_view key) {
  if (key.size() != 1 + kRowKeyBytes + sizeof(Sequence) || !IsCorrectionKey(key)) {
    return std::nullopt;
  }
  const auto row = DecodeRowKey(key.substr(1, kRowKeyBytes));
  if (!row) return std::nullopt;
  return RowVersion{.key = *row, .sequence = LoadBigEndian<Sequence>(key.data() + 1 + kRowKeyBytes)};
}

}  // namespace sightline::storage
