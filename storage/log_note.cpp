#include "storage/log_note.h"

#include <algorithm>

#include "storage/big_endian.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

constexpr size_t kFixedBytes = sizeof(Sequence) + kRowKeyBytes + 1;
constexpr uint8_t kPlateCorrection = 255;  // no plate is that long

}  // namespace

void LogNote::Add(const RowVersion& version, uint8_t plate_length) {
  AppendLittleEndian(version.sequence, bytes_);
  const RowKeyBytes key = EncodeRowKey(version.key);
  bytes_.append(key.data(), key.size());
  bytes_.push_back(static_cast<char>(plate_length));
  ++versions_;
  if (plate_length > 0) uncounted_to_ = std::max(uncounted_to_, version.sequence);
}

void LogNote::AddReading(const RowVersion& version, std::string_view plate) {
  Add(version, static_cast<uint8_t>(plate.size()));
  bytes_.append(plate);
}

void LogNote::AddCorrection(const RowVersion& version, bool changes_plate) {
  Add(version, changes_plate ? kPlateCorrection : 0);
}

bool LogNoteReader::Next() {
  if (bytes_.empty()) return false;
  malformed_ = true;
  if (bytes_.size() < kFixedBytes) return false;
  const auto key = DecodeRowKey(bytes_.substr(sizeof(Sequence), kRowKeyBytes));
  const auto length = static_cast<uint8_t>(bytes_[kFixedBytes - 1]);
  corrects_plate_ = length == kPlateCorrection;
  const size_t plate_bytes = corrects_plate_ ? 0 : length;
  if (!key || bytes_.size() < kFixedBytes + plate_bytes) return false;
  malformed_ = false;
  version_ = {.key = *key, .sequence = LoadLittleEndian<Sequence>(bytes_.data())};
  plate_ = bytes_.substr(kFixedBytes, plate_bytes);
  bytes_.remove_prefix(kFixedBytes + plate_bytes);
  return true;
}

}  // namespace sightline::storage
