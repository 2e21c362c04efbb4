#include "index/plate_layout.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include "core/utf8.h"
#include "index/plate_encoding.h"

namespace sightline::index {
namespace {

static_assert(std::endian::native == std::endian::little, "plate tables are read where they lie");

Error Damaged(const char* what) {
  return {ErrorCode::kCorruption, std::string("a plate table is damaged: ") + what, {}};
}

// Takes part after part off the front of the bytes.
class PartReader {
 public:
  explicit PartReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  // The next `count` values, or nothing left to read from then on.
  template <typename T>
  std::span<const T> Next(uint64_t count) {
    const uint64_t bytes = AlignedPlateBytes(count * sizeof(T));  // count < 2^34: no overflow
    if (failed_ || bytes > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto* first = reinterpret_cast<const T*>(rest_.data());
    rest_ = rest_.subspan(bytes);
    return {first, count};
  }

  bool ReadAll() const { return !failed_ && rest_.empty(); }

 private:
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

}  // namespace

Result<PlateLayout> PlateLayout::Parse(std::span<const std::byte> bytes) {
  assert(reinterpret_cast<uintptr_t>(bytes.data()) % kPlateTableAlignment == 0);
  PlateTableHead head;
  if (bytes.size() < sizeof head) return Damaged("it has no head");
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != kPlateTableMagic) return Damaged("its head is of another form");
  if (head.code_bytes != 1 && head.code_bytes != 2 && head.code_bytes != 4) {
    return Damaged("the width of its codes");
  }
  if (head.longs > head.plates) return Damaged("more long plates than plates");
  PlateLayout layout;
  PartReader parts(bytes.subspan(sizeof head));
  layout.words_ = parts.Next<uint64_t>(head.plates);
  layout.alphabet_ = parts.Next<uint32_t>(head.characters);
  layout.longs_ = parts.Next<uint32_t>(head.longs);
  layout.tail_offsets_ = parts.Next<uint32_t>(uint64_t{head.longs} + 1);
  layout.tails_ = parts.Next<std::byte>(uint64_t{head.tail_codes} * head.code_bytes);
  if (!parts.ReadAll()) return Damaged("its parts do not fill it");
  layout.code_bits_ = 8 * head.code_bytes;
  layout.codes_per_word_ = 8 / head.code_bytes;
  layout.code_mask_ = ~uint64_t{0} >> (64 - layout.code_bits_);
  if (!std::ranges::is_sorted(layout.alphabet_, std::ranges::less_equal()) ||
      layout.alphabet_.size() > layout.code_mask_) {
    return Damaged("its alphabet");
  }
  return layout;
}

PlateCode PlateLayout::CodeOfCharacter(char32_t character) const {
  const auto found = std::ranges::lower_bound(alphabet_, static_cast<uint32_t>(character));
  if (found == alphabet_.end() || *found != character) return kUnknownCode;
  return static_cast<PlateCode>(found - alphabet_.begin()) + 1;
}

std::vector<PlateCode> PlateLayout::CodesOf(std::string_view text) const {
  std::vector<PlateCode> codes;
  for (size_t at = 0; at < text.size();) codes.push_back(CodeOfCharacter(NextCodePoint(text, at)));
  return codes;
}

std::optional<size_t> PlateLayout::LongIndexOf(size_t ordinal) const {
  // Where all are long, as pseudonyms are, an ordinal is its own index.
  if (longs_.size() == words_.size() && longs_[ordinal] == ordinal) return ordinal;
  const auto found = std::ranges::lower_bound(longs_, ordinal);
  if (found == longs_.end() || *found != ordinal) return std::nullopt;
  return static_cast<size_t>(found - longs_.begin());
}

size_t PlateLayout::TailSize(size_t index) const {
  const size_t all = 8 * tails_.size() / code_bits_;
  const size_t begin = std::min<size_t>(tail_offsets_[index], all);
  const size_t end = std::clamp<size_t>(tail_offsets_[index + 1], begin, all);
  return std::min(end - begin, kMaxPlateCodes - codes_per_word_);
}

PlateCode PlateLayout::TailCode(size_t index, size_t place) const {
  const size_t at = tail_offsets_[index] + place;
  if (code_bits_ == 8) return static_cast<PlateCode>(tails_[at]);
  PlateCode code = 0;
  if (code_bits_ == 16) {
    std::memcpy(&code, &tails_[2 * at], 2);
  } else {
    std::memcpy(&code, &tails_[4 * at], 4);
  }
  return code;
}

size_t PlateLayout::ReadCodes(size_t ordinal, std::span<PlateCode, kMaxPlateCodes> codes) const {
  if (const std::optional<size_t> index = LongIndexOf(ordinal)) return ReadLongCodes(*index, codes);
  const uint64_t word = words_[ordinal];
  size_t size = 0;
  for (; size < codes_per_word_; ++size) {
    codes[size] = CodeOf(word, size);
    if (codes[size] == 0) break;
  }
  return size;
}

size_t PlateLayout::ReadLongCodes(size_t index,
                                  std::span<PlateCode, kMaxPlateCodes> codes) const {
  size_t size = 0;
  for (; size < codes_per_word_; ++size) codes[size] = CodeOf(words_[longs_[index]], size);
  const size_t tail = TailSize(index);
  for (size_t place = 0; place < tail; ++place) codes[size++] = TailCode(index, place);
  return size;
}

int PlateLayout::CompareTail(size_t index, std::span<const PlateCode> codes) const {
  const size_t size = TailSize(index);
  for (size_t place = 0; place < codes.size(); ++place) {
    if (place == size) return -1;
    const PlateCode code = TailCode(index, place);
    if (code != codes[place]) return code < codes[place] ? -1 : 1;
  }
  return 0;
}

OrdinalRange PlateLayout::StartingWith(std::span<const PlateCode> prefix) const {
  const size_t in_word = std::min(prefix.size(), codes_per_word_);
  uint64_t first = 0;
  for (size_t place = 0; place < in_word; ++place) {
    // Behind every plate that exists, were it in order: nothing starts with it.
    if (prefix[place] > alphabet_.size()) return {};
    first |= WordOf(prefix[place], place);
  }
  const uint64_t last = first | OnesBehind(in_word);
  const auto begin = std::ranges::lower_bound(words_, first);
  if (begin == words_.end() || *begin > last) return {};
  const auto end = std::ranges::upper_bound(begin, words_.end(), last);
  const OrdinalRange range = {static_cast<size_t>(begin - words_.begin()),
                              static_cast<size_t>(end - words_.begin())};
  if (prefix.size() <= codes_per_word_) return range;

  // One word, of plates that differ behind it; one that has nothing behind it comes first.
  const auto rest = prefix.subspan(codes_per_word_);
  const auto compare = [&](size_t ordinal) {
    const std::optional<size_t> index = LongIndexOf(ordinal);
    return index ? CompareTail(*index, rest) : -1;
  };
  const auto partition = [&](size_t from, auto is_before) {
    size_t to = range.end;
    while (from < to) {
      const size_t middle = from + (to - from) / 2;
      if (is_before(compare(middle))) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  };
  const size_t found = partition(range.begin, [](int order) { return order < 0; });
  return {found, partition(found, [](int order) { return order <= 0; })};
}

}  // namespace sightline::index
