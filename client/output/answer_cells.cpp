#include "client/output/answer_cells.h"

#include <fmt/format.h>

namespace sightline::client {

std::string CellOf(simdjson::dom::element object, std::string_view member, int digits) {
  simdjson::dom::element value;
  if (object[member].get(value) != simdjson::SUCCESS) return "";
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  if (value.is_null()) return "-";
  double number = 0;
  if (value.is_double() && value.get(number) == simdjson::SUCCESS) {
    return fmt::format("{:.{}f}", number, digits);
  }
  return simdjson::minify(value);
}

Result<simdjson::dom::element> ParseAnswer(simdjson::dom::parser& parser, const std::string& json,
                                           std::string_view member) {
  simdjson::dom::element root;
  simdjson::dom::array list;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root[member].get(list) != simdjson::SUCCESS) {
    return Internal(fmt::format("the server's answer is not understood: it has no {}", member));
  }
  return root;
}

}  // namespace sightline::client
