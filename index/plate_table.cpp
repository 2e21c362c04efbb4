#include "index/plate_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <numeric>

#include "core/utf8.h"
#include "index/plate_encoding.h"
#include "index/plate_key.h"
#include "index/plate_neighbours.h"
#include "index/plate_pattern.h"
#include "index/plate_scan.h"

namespace sightline::index {
namespace {

// Long plates looked at between two looks at the cancellation.
constexpr size_t kPlatesBetweenChecks = 4'096;

// Every code point of the plates, ascending.
std::vector<uint32_t> AlphabetOf(std::span<const std::string> plates) {
  std::vector<uint64_t> seen(0x110000 / 64);  // a bit each
  for (const std::string& plate : plates) {
    for (size_t at = 0; at < plate.size();) {
      const char32_t c = NextCodePoint(plate, at);
      seen[c / 64] |= uint64_t{1} << c % 64;
    }
  }
  std::vector<uint32_t> alphabet;
  for (size_t i = 0; i < seen.size(); ++i) {
    for (uint64_t bits = seen[i]; bits != 0; bits &= bits - 1) {
      alphabet.push_back(static_cast<uint32_t>(64 * i + std::countr_zero(bits)));
    }
  }
  return alphabet;
}

// The least width whose codes, but 0, are enough.
uint32_t CodeBytesFor(size_t characters) {
  return characters <= 0xFF ? 1 : characters <= 0xFFFF ? 2 : 4;
}

template <typename T>
void AppendPart(const std::vector<T>& values, std::string& out) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  out.resize(AlignedPlateBytes(out.size()));
}

}  // namespace

std::string EncodePlateTable(std::span<const std::string> plates) {
  assert(std::ranges::is_sorted(plates, std::ranges::less_equal()));
  const std::vector<uint32_t> alphabet = AlphabetOf(plates);
  std::vector<PlateCode> code_of(alphabet.empty() ? 0 : alphabet.back() + 1);
  for (size_t i = 0; i < alphabet.size(); ++i) code_of[alphabet[i]] = static_cast<PlateCode>(i + 1);

  PlateTableHead head;
  head.code_bytes = CodeBytesFor(alphabet.size());
  const size_t code_bits = 8 * head.code_bytes;
  std::vector<uint64_t> words;
  words.reserve(plates.size());
  std::vector<uint32_t> longs;
  std::vector<uint32_t> tail_offsets = {0};
  std::vector<char> tails;
  for (const std::string& plate : plates) {
    uint64_t word = 0;
    size_t bits_left = 64;
    for (size_t at = 0; at < plate.size();) {
      const PlateCode code = code_of[NextCodePoint(plate, at)];
      if (bits_left > 0) {
        bits_left -= code_bits;
        word |= uint64_t{code} << bits_left;
        continue;
      }
      for (size_t shift = 0; shift < code_bits; shift += 8) {
        tails.push_back(static_cast<char>(code >> shift));
      }
    }
    const size_t tail_codes = tails.size() / head.code_bytes;
    if (tail_codes > tail_offsets.back()) {
      longs.push_back(static_cast<uint32_t>(words.size()));
      tail_offsets.push_back(static_cast<uint32_t>(tail_codes));
    }
    words.push_back(word);
  }
  head.plates = static_cast<uint32_t>(words.size());
  head.characters = static_cast<uint32_t>(alphabet.size());
  head.longs = static_cast<uint32_t>(longs.size());
  head.tail_codes = tail_offsets.back();

  std::string bytes;
  bytes.reserve(sizeof head + 8 * words.size() + 4 * alphabet.size() + 8 * longs.size() +
                tails.size() + 64);
  bytes.append(reinterpret_cast<const char*>(&head), sizeof head);
  AppendPart(words, bytes);
  AppendPart(alphabet, bytes);
  AppendPart(longs, bytes);
  AppendPart(tail_offsets, bytes);
  AppendPart(tails, bytes);
  return bytes;
}

Result<PlateTable> PlateTable::View(std::span<const std::byte> bytes) {
  SIGHTLINE_ASSIGN(const PlateLayout layout, PlateLayout::Parse(bytes));
  return PlateTable(layout);
}

std::string PlateTable::Plate(uint32_t ordinal) const {
  std::array<PlateCode, kMaxPlateCodes> codes;
  const size_t size = layout_.ReadCodes(ordinal, codes);
  std::string plate;
  for (const PlateCode code : std::span(codes).first(size)) {
    const bool is_known = code >= 1 && code <= layout_.alphabet().size();
    AppendUtf8(is_known ? layout_.alphabet()[code - 1] : U'\uFFFD', plate);
  }
  return plate;
}

std::optional<uint32_t> PlateTable::Find(std::string_view plate) const {
  const std::vector<PlateCode> codes = layout_.CodesOf(plate);
  const OrdinalRange range = layout_.StartingWith(codes);
  if (range.size() == 0) return std::nullopt;
  std::array<PlateCode, kMaxPlateCodes> found;
  if (layout_.ReadCodes(range.begin, found) != codes.size()) return std::nullopt;
  return static_cast<uint32_t>(range.begin);
}

uint32_t PlateTable::LowerBound(std::string_view plate) const {
  const PlateKeys keys(*this);
  const PlateKey key = PlateKey::Of(plate);
  uint32_t begin = 0;
  auto end = static_cast<uint32_t>(size());
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    if (keys.Compare(middle, key, plate) < 0) begin = middle + 1;
    else end = middle;
  }
  return begin;
}

Result<std::vector<uint32_t>> PlateTable::Matching(std::string_view pattern,
                                                   const Cancellation& cancellation) const {
  std::vector<uint32_t> matches;
  const auto compiled = CodePattern::Compile(layout_, pattern);
  if (!compiled) return matches;
  const OrdinalRange range = layout_.StartingWith(compiled->LiteralPrefix());
  if (compiled->IsPrefixOnly()) {
    matches.resize(range.size());
    std::iota(matches.begin(), matches.end(), static_cast<uint32_t>(range.begin));
    return matches;
  }

  const auto longs = layout_.longs();
  const auto first_long = std::ranges::lower_bound(longs, range.begin);
  const auto last_long = std::lower_bound(first_long, longs.end(), range.end);

  // Plates that fit in their words.
  if (static_cast<size_t>(last_long - first_long) < range.size()) {
    const auto words = layout_.words().subspan(range.begin, range.size());
    SIGHTLINE_ASSIGN(
        matches, PassingWords(words, compiled->TestsOfWholePlates(layout_), cancellation));
    for (uint32_t& ordinal : matches) ordinal += static_cast<uint32_t>(range.begin);
    // A word does not say that its plate goes on.
    auto next_long = first_long;
    std::erase_if(matches, [&](uint32_t ordinal) {
      next_long = std::find_if(next_long, last_long, [&](uint32_t at) { return at >= ordinal; });
      return next_long != last_long && *next_long == ordinal;
    });
  }

  // Longer ones.
  const WordTest start = compiled->TestOfFirstCodes(layout_);
  const auto shorts = static_cast<std::ptrdiff_t>(matches.size());
  std::array<PlateCode, kMaxPlateCodes> codes;
  for (auto at = first_long; at != last_long; ++at) {
    if (static_cast<size_t>(at - first_long) % kPlatesBetweenChecks == 0) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    }
    if (*at >= range.end || (layout_.words()[*at] & start.mask) != start.value) continue;
    const size_t size = layout_.ReadLongCodes(static_cast<size_t>(at - longs.begin()), codes);
    if (compiled->Matches(std::span(codes).first(size))) matches.push_back(*at);
  }
  std::inplace_merge(matches.begin(), matches.begin() + shorts, matches.end());
  return matches;
}

Result<std::vector<PlateTable::Near>> PlateTable::PlatesNear(
    const PlateLike& like, const Cancellation& cancellation) const {
  return FindNeighbours(layout_, like, cancellation);
}

}  // namespace sightline::index
