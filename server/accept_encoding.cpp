#include "server/accept_encoding.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace sightline::server {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return Trim(part);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// "q=0.5" of an element's parameters; 1 without one, 0 for one that cannot be read.
double Weight(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string parameter = Lower(TakeUntil(parameters, ';'));
    if (!parameter.starts_with("q=")) continue;
    double weight = 0;
    const char* const end = parameter.data() + parameter.size();
    const auto parsed = std::from_chars(parameter.data() + 2, end, weight);
    return parsed.ec == std::errc() && parsed.ptr == end ? weight : 0;
  }
  return 1;
}

}  // namespace

bool PrefersEncoding(std::string_view accept_encoding, std::string_view coding) {
  std::optional<double> wanted;
  std::optional<double> identity;
  std::optional<double> any;
  while (!accept_encoding.empty()) {
    std::string_view element = TakeUntil(accept_encoding, ',');
    std::string name = Lower(TakeUntil(element, ';'));
    if (name == "x-gzip") name = "gzip";
    const double weight = Weight(element);
    if (name == coding) wanted = weight;
    if (name == "identity") identity = weight;
    if (name == "*") any = weight;
  }
  const double weight = wanted.value_or(any.value_or(0));
  return weight > 0 && weight >= identity.value_or(0);
}

}  // namespace sightline::server
