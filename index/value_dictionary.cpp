#include "index/value_dictionary.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstring>

namespace sightline::index {
namespace {

// Strings, integers, fractions, booleans: how many; then the ends of the strings u64, the integers
// i64, the fractions f64, the booleans u8, the strings' bytes.
constexpr size_t kHeaderBytes = 4 * sizeof(uint64_t);

bool FractionLess(double a, double b) { return std::strong_order(a, b) < 0; }

template <typename T>
void AppendPlain(const T& value, std::vector<std::byte>& out) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// The elements of one type, which lie together in a sorted dictionary.
template <typename T, typename Visit>
uint64_t VisitType(std::span<const AttributeValue> values, Visit visit) {
  uint64_t count = 0;
  for (const AttributeValue& value : values) {
    if (const T* typed = std::get_if<T>(&value)) {
      visit(*typed);
      ++count;
    }
  }
  return count;
}

// Takes `count` elements off the front of `bytes`.
template <typename T>
Result<std::span<const T>> Take(std::span<const std::byte>& bytes, uint64_t count) {
  if (count > bytes.size() / sizeof(T)) {
    return Error{ErrorCode::kCorruption, "a dictionary of values is cut short", {}};
  }
  const std::span<const T> taken(reinterpret_cast<const T*>(bytes.data()), count);
  bytes = bytes.subspan(count * sizeof(T));
  return taken;
}

}  // namespace

bool ValueLess(const AttributeValue& a, const AttributeValue& b) {
  if (a.index() != b.index()) return a.index() < b.index();
  if (const double* fraction = std::get_if<double>(&a)) {
    return FractionLess(*fraction, std::get<double>(b));
  }
  return a < b;
}

std::vector<std::byte> EncodeValueDictionary(std::span<const AttributeValue> values) {
  std::vector<std::byte> out(kHeaderBytes);
  uint64_t counts[4];
  uint64_t end = 0;
  counts[0] = VisitType<std::string>(
      values, [&](const std::string& text) { AppendPlain(end += text.size(), out); });
  counts[1] = VisitType<int64_t>(values, [&](int64_t integer) { AppendPlain(integer, out); });
  counts[2] = VisitType<double>(values, [&](double fraction) { AppendPlain(fraction, out); });
  counts[3] =
      VisitType<bool>(values, [&](bool flag) { AppendPlain(static_cast<uint8_t>(flag), out); });
  VisitType<std::string>(values, [&](const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    out.insert(out.end(), bytes.begin(), bytes.end());
  });
  std::memcpy(out.data(), counts, sizeof(counts));
  return out;
}

Result<ValueDictionary> ValueDictionary::View(std::span<const std::byte> bytes) {
  SIGHTLINE_ASSIGN(const auto counts, Take<uint64_t>(bytes, 4));
  ValueDictionary view;
  SIGHTLINE_ASSIGN(view.string_ends_, Take<uint64_t>(bytes, counts[0]));
  SIGHTLINE_ASSIGN(view.integers_, Take<int64_t>(bytes, counts[1]));
  SIGHTLINE_ASSIGN(view.fractions_, Take<double>(bytes, counts[2]));
  SIGHTLINE_ASSIGN(view.booleans_, Take<uint8_t>(bytes, counts[3]));
  view.text_ = reinterpret_cast<const char*>(bytes.data());
  const uint64_t text_bytes = view.string_ends_.empty() ? 0 : view.string_ends_.back();
  if (text_bytes != bytes.size() ||
      !std::is_sorted(view.string_ends_.begin(), view.string_ends_.end())) {
    return Error{ErrorCode::kCorruption, "a dictionary's strings lie outside", {}};
  }
  return view;
}

std::string_view ValueDictionary::String(size_t index) const {
  const uint64_t begin = index == 0 ? 0 : string_ends_[index - 1];
  return {text_ + begin, string_ends_[index] - begin};
}

AttributeValue ValueDictionary::operator[](size_t ordinal) const {
  if (ordinal < string_ends_.size()) return std::string(String(ordinal));
  ordinal -= string_ends_.size();
  if (ordinal < integers_.size()) return integers_[ordinal];
  ordinal -= integers_.size();
  if (ordinal < fractions_.size()) return fractions_[ordinal];
  return booleans_[ordinal - fractions_.size()] != 0;
}

std::vector<uint32_t> ValueDictionary::OrdinalsOf(const AttributeValue& value) const {
  std::vector<uint32_t> ordinals;
  const size_t first_integer = string_ends_.size();
  const size_t first_fraction = first_integer + integers_.size();
  const size_t first_boolean = first_fraction + fractions_.size();
  const auto find_integer = [&](int64_t integer) {
    const auto found = std::lower_bound(integers_.begin(), integers_.end(), integer);
    if (found != integers_.end() && *found == integer) {
      ordinals.push_back(static_cast<uint32_t>(first_integer + (found - integers_.begin())));
    }
  };
  const auto find_fraction = [&](double fraction) {
    // The two zeros are equal and apart in the order.
    const double least = fraction == 0 ? -0.0 : fraction;
    for (auto at = std::lower_bound(fractions_.begin(), fractions_.end(), least, FractionLess);
         at != fractions_.end() && *at == fraction; ++at) {
      ordinals.push_back(static_cast<uint32_t>(first_fraction + (at - fractions_.begin())));
    }
  };
  if (const auto* text = std::get_if<std::string>(&value)) {
    size_t low = 0;
    size_t high = string_ends_.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (String(middle) < *text) low = middle + 1;
      else high = middle;
    }
    if (low < string_ends_.size() && String(low) == *text) {
      ordinals.push_back(static_cast<uint32_t>(low));
    }
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    find_integer(*integer);
    const auto fraction = static_cast<double>(*integer);
    // Rounded up to 2^63, it has no integer to return to; rounded otherwise, it is another's equal.
    if (fraction < 0x1p63 && static_cast<int64_t>(fraction) == *integer) find_fraction(fraction);
  } else if (const auto* fraction = std::get_if<double>(&value)) {
    if (*fraction >= -0x1p63 && *fraction < 0x1p63 && std::trunc(*fraction) == *fraction) {
      find_integer(static_cast<int64_t>(*fraction));
    }
    find_fraction(*fraction);
  } else {
    for (size_t i = 0; i < booleans_.size(); ++i) {
      if ((booleans_[i] != 0) == std::get<bool>(value)) {
        ordinals.push_back(static_cast<uint32_t>(first_boolean + i));
      }
    }
  }
  return ordinals;
}

}  // namespace sightline::index
