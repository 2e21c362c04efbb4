#include "index/plate_key.h"

#include <algorithm>

#include "core/utf8.h"

namespace sightline::index {
namespace {

__extension__ using Bytes16 = unsigned __int128;

// Takes bytes from the front on.
class KeyBuilder {
 public:
  // `size` bytes, the last in the lowest bits.
  void Append(uint32_t bytes, uint32_t size) {
    const uint32_t taken = std::min<uint32_t>(size, PlateKey::kBytes - size_);
    if (taken == 0) return;
    bytes_ = bytes_ << (8 * taken) | bytes >> (8 * (size - taken));
    size_ += taken;
  }
  bool full() const { return size_ == PlateKey::kBytes; }

  PlateKey Take() const {
    if (size_ == 0) return {};
    const Bytes16 filled = bytes_ << (8 * (PlateKey::kBytes - size_));
    return {static_cast<uint64_t>(filled >> 64), static_cast<uint64_t>(filled)};
  }

 private:
  Bytes16 bytes_ = 0;
  uint32_t size_ = 0;
};

}  // namespace

PlateKey PlateKey::Of(std::string_view plate) {
  KeyBuilder key;
  for (const char byte : plate.substr(0, kBytes)) key.Append(static_cast<unsigned char>(byte), 1);
  return key.Take();
}

PlateKeys::PlateKeys(const PlateTable& table) : table_(&table), characters_(1) {
  for (const uint32_t code_point : table.layout().alphabet()) {
    std::string utf8;
    AppendUtf8(code_point, utf8);
    Character character{.size = static_cast<uint32_t>(utf8.size())};
    for (const char byte : utf8) {
      character.bytes = character.bytes << 8 | static_cast<unsigned char>(byte);
    }
    characters_.push_back(character);
  }
}

PlateKey PlateKeys::Of(uint32_t ordinal) const {
  const PlateLayout& layout = table_->layout();
  const uint64_t word = layout.words()[ordinal];
  KeyBuilder key;
  for (size_t place = 0; place < layout.codes_per_word(); ++place) {
    const PlateCode code = layout.CodeOf(word, place);
    if (code == 0) return key.Take();
    // What is damaged reads as Plate() reads it.
    if (code >= characters_.size()) return PlateKey::Of(table_->Plate(ordinal));
    key.Append(characters_[code].bytes, characters_[code].size);
  }
  if (key.full() || layout.longs().empty()) return key.Take();
  return PlateKey::Of(table_->Plate(ordinal));
}

int PlateKeys::Compare(uint32_t ordinal, const PlateKey& key, std::string_view plate) const {
  const PlateKey own = Of(ordinal);
  if (own != key) return own < key ? -1 : 1;
  return key.is_whole() ? 0 : table_->Plate(ordinal).compare(plate);
}

}  // namespace sightline::index
