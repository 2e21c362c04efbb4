// The distinct values of an attribute, typed and sorted, in a form that is searched where it lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/sighting.h"

namespace sightline::index {

// The order of a dictionary: strings by bytes, then integers, fractions, booleans, each ascending.
// Total over all values, NaN and the two zeros too (IEEE 754 totalOrder).
bool ValueLess(const AttributeValue& a, const AttributeValue& b);

// The bytes of a dictionary of `values`: ascending by ValueLess, distinct. The form is documented
// in docs/segment-format.md.
std::vector<std::byte> EncodeValueDictionary(std::span<const AttributeValue> values);

// A view of such bytes, which outlive it and are 8-byte aligned. Copies are cheap. Thread-safe.
class ValueDictionary {
 public:
  // Without values.
  ValueDictionary() = default;

  // Errors: kCorruption when the bytes are not a dictionary.
  static Result<ValueDictionary> View(std::span<const std::byte> bytes);

  size_t size() const {
    return string_ends_.size() + integers_.size() + fractions_.size() + booleans_.size();
  }
  // Requires ordinal < size().
  AttributeValue operator[](size_t ordinal) const;

  // The ordinals of the values that are equal to `value`, integers and fractions compared by exact
  // value.
  std::vector<uint32_t> OrdinalsOf(const AttributeValue& value) const;

 private:
  std::string_view String(size_t index) const;

  std::span<const uint64_t> string_ends_;  // in text_; each string begins where the last one ends
  std::span<const int64_t> integers_;
  std::span<const double> fractions_;
  std::span<const uint8_t> booleans_;
  const char* text_ = nullptr;
};

}  // namespace sightline::index
