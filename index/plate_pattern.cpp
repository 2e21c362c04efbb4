#include "index/plate_pattern.h"

#include <algorithm>

#include "core/utf8.h"

namespace sightline::index {
namespace {

// Of a part: equal to every code. No plate holds it.
constexpr PlateCode kAnyCode = 0;

bool Fits(std::span<const PlateCode> part, std::span<const PlateCode> codes) {
  return std::ranges::equal(part, codes, [](PlateCode wanted, PlateCode code) {
    return wanted == kAnyCode || wanted == code;
  });
}

}  // namespace

std::optional<CodePattern> CodePattern::Compile(const PlateLayout& layout,
                                                std::string_view pattern) {
  CodePattern compiled;
  compiled.parts_.emplace_back();
  bool after_star = false;  // a '*' was read, and since then '?' alone
  for (size_t at = 0; at < pattern.size();) {
    char32_t c = NextCodePoint(pattern, at);
    if (c == U'*') {
      after_star = true;
    } else if (c == U'?') {
      compiled.parts_.back().push_back(kAnyCode);
    } else {
      if (c == U'\\' && at < pattern.size()) c = NextCodePoint(pattern, at);
      const PlateCode code = layout.CodeOfCharacter(c);
      if (code == kUnknownCode) return std::nullopt;
      if (after_star) compiled.parts_.emplace_back();
      after_star = false;
      compiled.parts_.back().push_back(code);
    }
  }
  if (after_star) compiled.parts_.emplace_back();
  return compiled;
}

std::span<const PlateCode> CodePattern::LiteralPrefix() const {
  const Part& first = parts_.front();
  return {first.begin(), std::ranges::find(first, kAnyCode)};
}

bool CodePattern::IsPrefixOnly() const {
  return parts_.size() == 2 && parts_.back().empty() &&
         LiteralPrefix().size() == parts_.front().size();
}

size_t CodePattern::min_size() const {
  size_t size = 0;
  for (const Part& part : parts_) size += part.size();
  return size;
}

bool CodePattern::Matches(std::span<const PlateCode> codes) const {
  const Part& first = parts_.front();
  const Part& last = parts_.back();
  if (codes.size() < min_size()) return false;
  if (parts_.size() == 1) return codes.size() == first.size() && Fits(first, codes);
  if (!Fits(first, codes.first(first.size())) || !Fits(last, codes.last(last.size()))) return false;
  // Each part as early as it can be leaves the most to the next.
  size_t at = first.size();
  const size_t end = codes.size() - last.size();
  for (size_t i = 1; i + 1 < parts_.size(); ++i) {
    const Part& part = parts_[i];
    while (at + part.size() <= end && !Fits(part, codes.subspan(at, part.size()))) ++at;
    if (at + part.size() > end) return false;
    at += part.size();
  }
  return true;
}

// The parts before one have been placed, up to `end`.
struct CodePattern::Placement {
  uint64_t mask = 0;
  uint64_t value = 0;
  size_t end = 0;
  bool ends_in_any = false;  // the code before `end` must be there and is not in the mask

  Placement With(const PlateLayout& layout, size_t at, const Part& part) const {
    Placement next = *this;
    for (size_t i = 0; i < part.size(); ++i) {
      if (part[i] == kAnyCode) continue;
      next.mask |= layout.OnesBehind(at + i) & ~layout.OnesBehind(at + i + 1);
      next.value |= layout.WordOf(part[i], at + i);
    }
    if (!part.empty()) {
      next.end = at + part.size();
      next.ends_in_any = part.back() == kAnyCode;
    }
    return next;
  }

  WordTest Test(const PlateLayout& layout, bool nothing_behind) const {
    const uint64_t behind = layout.OnesBehind(end);
    return {mask | (nothing_behind ? behind : 0), value,
            ends_in_any ? layout.OnesBehind(end - 1) & ~behind : 0};
  }
};

void CodePattern::PlaceFrom(const PlateLayout& layout, size_t index, const Placement& before,
                            std::vector<WordTest>& tests) const {
  const Part& part = parts_[index];
  const bool is_last = index + 1 == parts_.size();
  if (is_last && part.empty()) {
    // Any end, unless it is the only part: then the end is here.
    tests.push_back(before.Test(layout, index == 0));
    return;
  }
  for (size_t at = before.end; at + part.size() <= layout.codes_per_word(); ++at) {
    const Placement placed = before.With(layout, at, part);
    if (is_last) {
      tests.push_back(placed.Test(layout, true));
    } else {
      PlaceFrom(layout, index + 1, placed, tests);
    }
    if (index == 0) break;
  }
}

std::vector<WordTest> CodePattern::TestsOfWholePlates(const PlateLayout& layout) const {
  std::vector<WordTest> tests;
  if (min_size() <= layout.codes_per_word()) PlaceFrom(layout, 0, {}, tests);
  return tests;
}

WordTest CodePattern::TestOfFirstCodes(const PlateLayout& layout) const {
  Part start = parts_.front();
  if (start.size() > layout.codes_per_word()) start.resize(layout.codes_per_word());
  const Placement placed = Placement().With(layout, 0, start);
  return {placed.mask, placed.value, 0};
}

}  // namespace sightline::index
