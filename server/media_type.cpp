#include "server/media_type.h"

#include <algorithm>
#include <charconv>

namespace sightline::server {
namespace {

std::string_view Trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower;
}

// The text up to `separator`, taken off `rest` with it.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return Trimmed(part);
}

double WeightOf(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = TakeUntil(parameters, ';');
    if (parameter.size() < 2 || (parameter[0] != 'q' && parameter[0] != 'Q') ||
        parameter[1] != '=') {
      continue;
    }
    parameter.remove_prefix(2);
    double weight = 0;
    const auto [end, error] =
        std::from_chars(parameter.data(), parameter.data() + parameter.size(), weight);
    return error == std::errc() && weight >= 0 && weight <= 1 ? weight : 0;
  }
  return 1;
}

// How specific a range is that covers `type`: 3 the type itself, 2 "type/*", 1 "*/*"; 0 otherwise.
int Specificity(std::string_view range, std::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1)) ? 2 : 0;
}

double WeightFor(std::string_view accept, std::string_view type) {
  int best = 0;
  double weight = 0;
  while (!accept.empty()) {
    std::string_view item = TakeUntil(accept, ',');
    const std::string range = Lower(TakeUntil(item, ';'));
    const int specificity = Specificity(range, type);
    if (specificity > best) {
      best = specificity;
      weight = WeightOf(item);
    }
  }
  return weight;
}

}  // namespace

std::string MediaTypeOf(std::string_view content_type) {
  return Lower(Trimmed(content_type.substr(0, content_type.find(';'))));
}

bool IsUtf8(std::string_view content_type) {
  TakeUntil(content_type, ';');
  while (!content_type.empty()) {
    std::string_view value = TakeUntil(content_type, ';');
    if (Lower(TakeUntil(value, '=')) != "charset") continue;
    std::string charset = Lower(Trimmed(value));
    std::erase(charset, '"');
    if (charset != "utf-8" && charset != "utf8") return false;
  }
  return true;
}

bool IsNdjson(std::string_view media_type) {
  return media_type == kNdjsonType || media_type == "application/ndjson" ||
         media_type == "application/jsonl";
}

std::optional<size_t> NegotiateMediaType(std::string_view accept,
                                         std::span<const std::string_view> offered) {
  if (Trimmed(accept).empty()) return 0;
  std::optional<size_t> best;
  double best_weight = 0;
  for (size_t i = 0; i < offered.size(); ++i) {
    const double weight = WeightFor(accept, offered[i]);
    if (weight > best_weight) {
      best = i;
      best_weight = weight;
    }
  }
  return best;
}

}  // namespace sightline::server
