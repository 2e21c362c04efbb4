#include "api/space_json.h"

#include <fmt/format.h>

#include <limits>

#include "api/json_reader.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxWordBytes = 64;
constexpr size_t kMaxModelText = 4096;  // CheckSpace says the limit

// A member whose text is one of few words; `read` gives nullopt for any other.
template <typename Read>
auto ReadWord(Json value, const JsonPath& path, std::string_view words, Read read)
    -> Result<typename decltype(read(std::string_view()))::value_type> {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, kMaxWordBytes}));
  const auto word = read(text);
  if (word) return *word;
  return BadValue(path, fmt::format("must be {}, not {}", words, Quoted(text)));
}

}  // namespace

Result<VectorSpace> ParseSpace(std::string_view name, std::string_view json) {
  static constexpr std::string_view kMembers[] = {"bytes", "element", "metric", "model"};
  enum Member : size_t { kBytes, kElement, kMetric, kModel };
  const JsonPath root;
  VectorSpace space{.name = std::string(name)};
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case kBytes: {
        SIGHTLINE_ASSIGN(const int64_t bytes,
                         ReadInteger(part, here, 0, std::numeric_limits<uint32_t>::max()));
        space.bytes = static_cast<uint32_t>(bytes);
        return Ok();
      }
      case kElement: {
        SIGHTLINE_ASSIGN(space.element,
                         ReadWord(part, here, "'u8', 'i8' or 'f32'", ElementOfName));
        return Ok();
      }
      case kMetric: {
        SIGHTLINE_ASSIGN(space.metric,
                         ReadWord(part, here, "'l2', 'cosine' or 'ip'", MetricOfName));
        return Ok();
      }
      default: {
        SIGHTLINE_ASSIGN(space.model, ReadText(part, here, {0, kMaxModelText}));
        return Ok();
      }
    }
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  for (const size_t required : {size_t{kBytes}, size_t{kElement}, size_t{kMetric}}) {
    if (!(seen & (1u << required))) {
      return BadValue(JsonPath(root, kMembers[required]), "is missing");
    }
  }
  const Status good = CheckSpace(space);
  if (good) return space;
  const bool is_of_path = good.error().field == "/name";
  return InvalidArgument(good.error().message, is_of_path ? "name" : good.error().field);
}

void WriteSpaceMembers(JsonWriter& json, const VectorSpace& space) {
  json.Key("name").String(space.name);
  json.Key("bytes").Uint(space.bytes);
  json.Key("dimensions").Uint(space.dimensions());
  json.Key("element").String(ElementName(space.element));
  json.Key("metric").String(MetricName(space.metric));
  if (!space.model.empty()) json.Key("model").String(space.model);
}

}  // namespace sightline::api
