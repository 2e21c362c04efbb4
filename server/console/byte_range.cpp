#include "server/console/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sightline::server {
namespace {

// A number that does not fit is as good as the greatest one: it lies behind every file.
std::optional<uint64_t> Number(std::string_view digits) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || end != digits.data() + digits.size()) return std::nullopt;
  return error == std::errc::result_out_of_range ? UINT64_MAX : number;
}

}  // namespace

RangeAnswer AnswerRange(std::string_view range, uint64_t size) {
  using Kind = RangeAnswer::Kind;
  const RangeAnswer whole{.kind = Kind::kWhole, .offset = 0, .length = size};
  const RangeAnswer unsatisfiable{.kind = Kind::kUnsatisfiable};
  constexpr std::string_view kUnit = "bytes=";
  if (!range.starts_with(kUnit)) return whole;
  range.remove_prefix(kUnit.size());
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view from = range.substr(0, dash);
  const std::string_view to = range.substr(dash + 1);

  if (from.empty()) {  // the last so many bytes
    const std::optional<uint64_t> last = Number(to);
    if (!last) return whole;
    const uint64_t length = std::min(*last, size);
    if (length == 0) return unsatisfiable;
    return {.kind = Kind::kPart, .offset = size - length, .length = length};
  }
  const std::optional<uint64_t> first = Number(from);
  const std::optional<uint64_t> last = to.empty() ? UINT64_MAX : Number(to);
  if (!first || !last || *last < *first) return whole;
  if (*first >= size) return unsatisfiable;
  return {.kind = Kind::kPart,
          .offset = *first,
          .length = std::min(*last, size - 1) - *first + 1};
}

}  // namespace sightline::server
