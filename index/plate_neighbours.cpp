#include "index/plate_neighbours.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "core/error_rows.h"
#include "core/utf8.h"

namespace sightline::index {
namespace {

using Near = PlateTable::Near;

// Words looked at between two looks at the cancellation.
constexpr size_t kWordsBetweenChecks = 4'096;

// The text in the table's codes.
struct CodedText {
  CodedText(const PlateLayout& layout, std::string_view text)
      : equal(layout.alphabet().size() + 1) {
    const std::u32string characters = CodePoints(text);
    size = characters.size();
    assert(size >= 1 && size <= 64);
    used = ~uint64_t{0} >> (64 - size);
    for (size_t i = size; i-- > 0;) {
      const uint64_t bit = uint64_t{1} << i;
      const uint64_t behind = i + 1 < size ? rests[i + 1] : 0;
      if (characters[i] == U'?') {
        unknown |= bit;
        for (uint64_t& places : equal) places |= bit;
      } else if (const PlateCode code = layout.CodeOfCharacter(characters[i]);
                 code != kUnknownCode) {
        equal[code] |= bit;
        rests[i] = layout.WordOf(code, 0) | behind >> layout.code_bits();
      } else {
        foreign |= bit | (bit - 1);
      }
    }
  }

  // The places of the text that equal a code. Codes beyond the alphabet are damage.
  uint64_t Equal(PlateCode code) const { return code < equal.size() ? equal[code] : unknown; }

  size_t size = 0;
  uint64_t used = 0;     // a bit for each character of the text
  uint64_t unknown = 0;  // a bit for each '?'
  uint64_t foreign = 0;  // a bit for each that a character follows, or is, that no plate holds
  // The word of the text from a character on, up to a '?': no plate that goes on so is below it.
  std::array<uint64_t, 64> rests{};
  std::vector<uint64_t> equal;  // by code
};

template <int kMaxErrors>
class Walk {
 public:
  Walk(const PlateLayout& layout, const CodedText& text)
      : layout_(layout), words_(layout.words()), text_(text) {}

  Result<std::vector<Near>> Run(const Cancellation& cancellation) {
    uint64_t previous = 0;
    size_t steps = 0;
    for (size_t at = 0; at < words_.size();) {
      if (steps++ % kWordsBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const uint64_t word = words_[at];
      const auto shared =
          static_cast<size_t>(std::countl_zero(word ^ previous)) / layout_.code_bits();
      known_ = std::min(known_, shared);
      previous = word;
      at = Read(word) ? Accept(at) : Seek(at, word);
    }
    return std::move(found_);
  }

 private:
  using Rows = ErrorRows<kMaxErrors>;

  // Reads the codes of a word behind the first `known_`. False where one of them leads nowhere: the
  // one at `known_`.
  bool Read(uint64_t word) {
    for (; known_ < layout_.codes_per_word(); ++known_) {
      const PlateCode code = layout_.CodeOf(word, known_);
      if (code == 0) return true;
      rows_[known_ + 1] = rows_[known_].Next(text_.Equal(code), known_);
      if (!rows_[known_ + 1].IsAlive(text_.used, known_ + 1)) return false;
    }
    return true;
  }

  // Looks at the plate of a word whose codes were all read. The ordinal to go on with.
  size_t Accept(size_t ordinal) {
    Rows rows = rows_[known_];
    size_t read = known_;
    const auto index =
        read == layout_.codes_per_word() ? layout_.LongIndexOf(ordinal) : std::nullopt;
    for (size_t place = 0, size = index ? layout_.TailSize(*index) : 0; place < size; ++place) {
      rows = rows.Next(text_.Equal(layout_.TailCode(*index, place)), read++);
      if (!rows.IsAlive(text_.used, read)) return ordinal + 1;
    }
    if (const int distance = rows.Distance(text_.size); distance <= kMaxErrors) {
      found_.push_back({static_cast<uint32_t>(ordinal), distance});
    }
    return ordinal + 1;
  }

  // The next ordinal whose plate can be near, where the code at `known_` of the word leads nowhere.
  // No error is left then, or any code would have done: the plates that can be near begin as the
  // word does and go on as the text, from one of the characters that are expected. None of these is
  // '?' or the word's own code.
  size_t Seek(size_t ordinal, uint64_t word) const {
    const uint64_t behind = layout_.OnesBehind(known_);
    const uint64_t last = word | behind;
    const size_t shift = known_ * layout_.code_bits();
    uint64_t next = last == ~uint64_t{0} ? last : last + 1;
    uint64_t expected = rows_[known_].Expected(text_.used & ~text_.foreign, known_);
    for (; expected != 0; expected &= expected - 1) {
      const auto character = static_cast<size_t>(std::countr_zero(expected));
      const uint64_t candidate = (word & ~behind) | text_.rests[character] >> shift;
      if (candidate > word) next = std::min(next, candidate);
    }
    return LowerBound(ordinal + 1, next);
  }

  // The first ordinal from `from` on whose word is not below `word`: in leaps that double, then by
  // halves, since it is often near.
  size_t LowerBound(size_t from, uint64_t word) const {
    size_t leap = 1;
    size_t begin = from;
    while (begin + leap <= words_.size() && words_[begin + leap - 1] < word) {
      begin += leap;
      leap *= 2;
    }
    const size_t end = std::min(begin + leap - 1, words_.size());
    const auto found = std::ranges::lower_bound(words_.subspan(begin, end - begin), word);
    return static_cast<size_t>(found - words_.begin());
  }

  const PlateLayout& layout_;
  const std::span<const uint64_t> words_;
  const CodedText& text_;
  std::vector<Near> found_;
  // rows_[k]: what was read of the last word's first k codes; up to known_ they are up to date.
  std::array<Rows, 9> rows_;
  size_t known_ = 0;
};

template <int kMaxErrors>
Result<std::vector<Near>> Find(const PlateLayout& layout, const CodedText& text,
                               const Cancellation& cancellation) {
  return Walk<kMaxErrors>(layout, text).Run(cancellation);
}

}  // namespace

Result<std::vector<Near>> FindNeighbours(const PlateLayout& layout, const PlateLike& like,
                                         const Cancellation& cancellation) {
  const CodedText text(layout, like.text);
  switch (like.max_distance) {
    case 0: return Find<0>(layout, text, cancellation);
    case 1: return Find<1>(layout, text, cancellation);
    case 2: return Find<2>(layout, text, cancellation);
    default: return Find<3>(layout, text, cancellation);
  }
}

}  // namespace sightline::index
