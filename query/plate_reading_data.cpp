#include "query/plate_reading_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <set>
#include <span>
#include <vector>

#include "core/utf8.h"
#include "query/shipped_plate_reading.h"

namespace sightline::query {
namespace {

constexpr double kAnyPositive = 1e15;

// The words of one line, taken from left to right.
class Line {
 public:
  Line(std::string_view text, size_t number) : text_(text), number_(number) {}

  Error At(size_t position, std::string_view what) const {
    const size_t column = CodePoints(text_.substr(0, position)).size() + 1;
    return InvalidArgument(fmt::format("line {}, column {}: {}", number_, column, what));
  }
  Error AtWord(std::string_view what) const { return At(word_at_, what); }

  Result<std::string_view> Word(std::string_view what) {
    word_at_ = std::min(next_, text_.size());
    if (next_ > text_.size()) return AtWord(fmt::format("{} is missing", what));
    const size_t end = std::min(text_.find('\t', next_), text_.size());
    const std::string_view word = text_.substr(next_, end - next_);
    next_ = end + 1;
    if (word.empty()) return AtWord(fmt::format("{} is empty", what));
    return word;
  }

  Status Number(double& value, double min, double max) {
    SIGHTLINE_ASSIGN(const std::string_view word, Word("a number"));
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) {
      return AtWord(fmt::format("\"{}\" is not a number", word));
    }
    if (value < min || value > max) {
      return AtWord(fmt::format("{} is not in [{}, {}]", word, min, max));
    }
    return Ok();
  }

  Status Numbers(std::span<double> values, double min, double max) {
    for (double& value : values) SIGHTLINE_RETURN_IF_ERROR(Number(value, min, max));
    return Ok();
  }

  // Numbers that sum to 1.
  Status Shares(std::span<double> values) {
    const size_t first = next_;
    double sum = 0;
    SIGHTLINE_RETURN_IF_ERROR(Numbers(values, 0, 1));
    for (const double value : values) sum += value;
    if (std::abs(sum - 1) > 1e-6) return At(first, fmt::format("shares sum to {}, not to 1", sum));
    return Ok();
  }

  Status Character(char32_t& character) {
    SIGHTLINE_ASSIGN(const std::string_view word, Word("a character"));
    const std::u32string points = CodePoints(word);
    if (points.size() != 1) return AtWord(fmt::format("\"{}\" is not one character", word));
    character = points.front();
    return Ok();
  }

  Status Pair(std::pair<char32_t, char32_t>& pair) {
    SIGHTLINE_RETURN_IF_ERROR(Character(pair.first));
    SIGHTLINE_RETURN_IF_ERROR(Character(pair.second));
    if (pair.first == pair.second) return AtWord("a character is not confused with itself");
    return Ok();
  }

  Status End() const {
    return next_ > text_.size() ? Ok() : Status(At(next_, "nothing more was expected"));
  }

 private:
  std::string_view text_;
  size_t number_;
  size_t next_ = 0;
  size_t word_at_ = 0;
};

Status AddPair(Line& line, CharacterPairs& pairs, bool both_ways) {
  std::pair<char32_t, char32_t> pair;
  double value = 0;
  SIGHTLINE_RETURN_IF_ERROR(line.Pair(pair));
  SIGHTLINE_RETURN_IF_ERROR(line.Number(value, 0, kAnyPositive));
  const bool added = pairs.emplace(pair, value).second;
  if (!added || (both_ways && !pairs.emplace(std::pair(pair.second, pair.first), value).second)) {
    return line.AtWord("these two characters stood together before");
  }
  return Ok();
}

Status ReadSequence(Line& line, Sequence& sequence) {
  SIGHTLINE_ASSIGN(const std::string_view word, line.Word("a number"));
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), sequence);
  if (error != std::errc() || end != word.data() + word.size()) {
    return line.AtWord(fmt::format("\"{}\" is not a whole number", word));
  }
  return Ok();
}

using Reader = std::function<Status(Line&)>;

// Statements that stand at most once.
std::map<std::string_view, Reader> OnceReaders(PlateReadingData& data) {
  PlateReadingPrior& prior = data.prior;
  PlateReadingCounts& counts = data.counts;
  const auto number = [](double& value, double min, double max) {
    return [&value, min, max](Line& line) { return line.Number(value, min, max); };
  };
  const auto numbers = [](std::span<double> values) {
    return [values](Line& line) { return line.Numbers(values, 0, kAnyPositive); };
  };
  const auto shares = [](std::span<double> values, double& weight) {
    return [values, &weight](Line& line) -> Status {
      SIGHTLINE_RETURN_IF_ERROR(line.Shares(values));
      return line.Number(weight, 1e-3, kAnyPositive);
    };
  };
  return {
      {"misread_rate",
       [&prior](Line& line) -> Status {
         SIGHTLINE_RETURN_IF_ERROR(line.Number(prior.misread_rate, 1e-6, 0.5));
         return line.Number(prior.misread_rate_weight, 1e-3, kAnyPositive);
       }},
      {"changes", shares(prior.changes, prior.changes_weight)},
      {"kinds", shares(prior.kinds, prior.kinds_weight)},
      {"unlike_share", number(prior.unlike_share, 1e-3, 1)},
      {"confusion_weight", number(prior.confusion_weight, 1e-3, kAnyPositive)},
      {"proneness_weight", number(prior.proneness_weight, 1e-3, kAnyPositive)},
      {"camera_shape", number(prior.camera_shape, 1e-3, kAnyPositive)},
      {"camera_confusion_weight", number(prior.camera_confusion_weight, 1e-3, kAnyPositive)},
      {"twin_density", number(prior.twin_density, 1e-12, 0.5)},
      {"neighbour_density", number(prior.neighbour_density, 1e-12, 0.5)},
      {"density_weight", number(prior.density_weight, 1e-3, kAnyPositive)},
      {"asker_error_rate", number(prior.asker_error_rate, 1e-6, 1)},
      {"copied_share", number(prior.copied_share, 0, 1)},
      {"asker_doubt", number(prior.asker_doubt, 1e-3, 1e3)},
      {"confidence_ratio",
       [&prior](Line& line) -> Status {
         SIGHTLINE_RETURN_IF_ERROR(line.Numbers(prior.confidence_ratio, 1e-3, 1e3));
         return line.Number(prior.confidence_weight, 1e-3, kAnyPositive);
       }},
      {"readings", number(counts.readings, 0, kAnyPositive)},
      {"misreads", number(counts.misreads, 0, kAnyPositive)},
      {"counted_changes", numbers(counts.changes)},
      {"counted_kinds", numbers(counts.kinds)},
      {"alike_strings", number(counts.alike_strings, 0, kAnyPositive)},
      {"alike_plates", number(counts.alike_plates, 0, kAnyPositive)},
      {"other_strings", number(counts.other_strings, 0, kAnyPositive)},
      {"other_plates", number(counts.other_plates, 0, kAnyPositive)},
      {"confidence_correct", numbers(counts.confidence_correct)},
      {"confidence_misread", numbers(counts.confidence_misread)},
      {"learned_as_of",
       [&counts](Line& line) { return ReadSequence(line, counts.learned_as_of); }},
  };
}

// Statements that stand any number of times.
std::map<std::string_view, Reader> ManyReaders(PlateReadingData& data) {
  PlateReadingPrior& prior = data.prior;
  PlateReadingCounts& counts = data.counts;
  return {
      {"alike", [&prior](Line& line) { return AddPair(line, prior.alike, true); }},
      {"alike_as", [&prior](Line& line) { return AddPair(line, prior.alike, false); }},
      {"prone",
       [&prior](Line& line) -> Status {
         char32_t character = 0;
         SIGHTLINE_RETURN_IF_ERROR(line.Character(character));
         return line.Number(prior.proneness[character], 1e-3, 1e3);
       }},
      {"confused", [&counts](Line& line) { return AddPair(line, counts.confusions, false); }},
      {"character",
       [&counts](Line& line) -> Status {
         char32_t character = 0;
         SIGHTLINE_RETURN_IF_ERROR(line.Character(character));
         auto& [seen, misread] = counts.characters[character];
         SIGHTLINE_RETURN_IF_ERROR(line.Number(seen, 0, kAnyPositive));
         return line.Number(misread, 0, kAnyPositive);
       }},
      {"camera",
       [&counts](Line& line) -> Status {
         SIGHTLINE_ASSIGN(const std::string_view id, line.Word("a camera"));
         CameraReadingCounts& camera = counts.cameras[std::string(id)];
         SIGHTLINE_RETURN_IF_ERROR(line.Number(camera.readings, 0, kAnyPositive));
         return line.Number(camera.misreads, 0, kAnyPositive);
       }},
      {"camera_confused",
       [&counts](Line& line) -> Status {
         SIGHTLINE_ASSIGN(const std::string_view id, line.Word("a camera"));
         return AddPair(line, counts.cameras[std::string(id)].confusions, false);
       }},
  };
}

std::string Text(char32_t character) {
  std::string text;
  AppendUtf8(character, text);
  return text;
}

class Writer {
 public:
  template <typename... Words>
  void Put(std::string_view name, const Words&... words) {
    text_ += name;
    (fmt::format_to(std::back_inserter(text_), "\t{}", words), ...);
    text_ += '\n';
  }
  template <size_t n, typename... Words>
  void PutAll(std::string_view name, const std::array<double, n>& values, const Words&... words) {
    text_ += name;
    for (const double value : values) fmt::format_to(std::back_inserter(text_), "\t{}", value);
    (fmt::format_to(std::back_inserter(text_), "\t{}", words), ...);
    text_ += '\n';
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void WritePrior(const PlateReadingPrior& prior, Writer& out) {
  out.Put("misread_rate", prior.misread_rate, prior.misread_rate_weight);
  out.PutAll("changes", prior.changes, prior.changes_weight);
  out.PutAll("kinds", prior.kinds, prior.kinds_weight);
  out.Put("unlike_share", prior.unlike_share);
  out.Put("confusion_weight", prior.confusion_weight);
  out.Put("proneness_weight", prior.proneness_weight);
  out.Put("camera_shape", prior.camera_shape);
  out.Put("camera_confusion_weight", prior.camera_confusion_weight);
  out.Put("twin_density", prior.twin_density);
  out.Put("neighbour_density", prior.neighbour_density);
  out.Put("density_weight", prior.density_weight);
  out.Put("asker_error_rate", prior.asker_error_rate);
  out.Put("copied_share", prior.copied_share);
  out.Put("asker_doubt", prior.asker_doubt);
  out.PutAll("confidence_ratio", prior.confidence_ratio, prior.confidence_weight);
  for (const auto& [pair, weight] : prior.alike) {
    const auto back = prior.alike.find({pair.second, pair.first});
    if (back == prior.alike.end() || back->second != weight) {
      out.Put("alike_as", Text(pair.first), Text(pair.second), weight);
    } else if (pair.first < pair.second) {
      out.Put("alike", Text(pair.first), Text(pair.second), weight);
    }
  }
  for (const auto& [character, weight] : prior.proneness) out.Put("prone", Text(character), weight);
}

void WriteCounts(const PlateReadingCounts& counts, Writer& out) {
  out.Put("readings", counts.readings);
  out.Put("misreads", counts.misreads);
  out.PutAll("counted_changes", counts.changes);
  out.PutAll("counted_kinds", counts.kinds);
  out.Put("alike_strings", counts.alike_strings);
  out.Put("alike_plates", counts.alike_plates);
  out.Put("other_strings", counts.other_strings);
  out.Put("other_plates", counts.other_plates);
  out.PutAll("confidence_correct", counts.confidence_correct);
  out.PutAll("confidence_misread", counts.confidence_misread);
  out.Put("learned_as_of", counts.learned_as_of);
  for (const auto& [pair, count] : counts.confusions) {
    out.Put("confused", Text(pair.first), Text(pair.second), count);
  }
  for (const auto& [character, seen] : counts.characters) {
    out.Put("character", Text(character), seen.first, seen.second);
  }
  for (const auto& [id, camera] : counts.cameras) {
    out.Put("camera", id, camera.readings, camera.misreads);
    for (const auto& [pair, count] : camera.confusions) {
      out.Put("camera_confused", id, Text(pair.first), Text(pair.second), count);
    }
  }
}

}  // namespace

Result<PlateReadingData> ParsePlateReadingData(std::string_view text) {
  PlateReadingData data;
  const auto once = OnceReaders(data);
  const auto many = ManyReaders(data);
  std::set<std::string_view> stated;
  bool has_format = false;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    if (content.empty() || content.starts_with('#')) continue;

    Line line(content, number);
    SIGHTLINE_ASSIGN(const std::string_view name, line.Word("a statement"));
    if (!has_format) {
      double format = 0;
      if (name != "format") return line.AtWord("the first statement must be \"format\"");
      SIGHTLINE_RETURN_IF_ERROR(line.Number(format, 1, 1));
      has_format = true;
    } else if (const auto found = once.find(name); found != once.end()) {
      if (!stated.insert(found->first).second) {
        return line.AtWord(fmt::format("\"{}\" is stated twice", name));
      }
      SIGHTLINE_RETURN_IF_ERROR(found->second(line));
    } else if (const auto each = many.find(name); each != many.end()) {
      SIGHTLINE_RETURN_IF_ERROR(each->second(line));
    } else {
      return line.AtWord(fmt::format("there is no statement \"{}\"", name));
    }
    SIGHTLINE_RETURN_IF_ERROR(line.End());
  }
  if (!has_format) return InvalidArgument("line 1, column 1: \"format\" is missing");
  return data;
}

std::string FormatPlateReadingData(const PlateReadingData& data) {
  Writer out;
  out.Put("format", 1);
  WritePrior(data.prior, out);
  WriteCounts(data.counts, out);
  return out.Take();
}

const PlateReadingData& DefaultPlateReadingData() {
  static const PlateReadingData kData = [] {
    // A shipped file that does not parse never passes the tests.
    return ParsePlateReadingData(ShippedPlateReading()).value();
  }();
  return kData;
}

}  // namespace sightline::query
