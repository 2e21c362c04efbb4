#include "simulation/graphml_reader.h"

#include <expat.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace sightline::simulation {
namespace {

struct Way {
  RoadClass road_class;
  double speed_kmh;
  uint8_t lanes;
};

// By OpenStreetMap's "highway"; what is not here is no road for cars.
std::optional<Way> WayOf(std::string_view highway) {
  static const std::map<std::string_view, Way> kWays = {
      {"motorway", {RoadClass::kExpressway, 100, 3}},
      {"motorway_link", {RoadClass::kExpressway, 60, 1}},
      {"trunk", {RoadClass::kExpressway, 80, 3}},
      {"trunk_link", {RoadClass::kArterial, 50, 1}},
      {"primary", {RoadClass::kArterial, 60, 3}},
      {"primary_link", {RoadClass::kArterial, 40, 1}},
      {"secondary", {RoadClass::kArterial, 60, 2}},
      {"secondary_link", {RoadClass::kCollector, 40, 1}},
      {"tertiary", {RoadClass::kCollector, 40, 2}},
      {"tertiary_link", {RoadClass::kCollector, 30, 1}},
      {"unclassified", {RoadClass::kLocal, 40, 1}},
      {"residential", {RoadClass::kLocal, 30, 1}},
      {"living_street", {RoadClass::kLocal, 20, 1}},
      {"service", {RoadClass::kLocal, 20, 1}},
      {"road", {RoadClass::kLocal, 30, 1}},
  };
  const auto found = kWays.find(highway);
  if (found == kWays.end()) return std::nullopt;
  return found->second;
}

// OSMnx joins the values of merged ways: "['tertiary', 'residential']". The first one counts.
std::string_view FirstValue(std::string_view text) {
  if (!text.starts_with('[')) return text;
  text.remove_prefix(1);
  const size_t begin = text.find_first_not_of(" '\"");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_first_of("'\",]", begin) - begin);
}

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Result<RoadGraph> Read() {
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path_.c_str(), "rb"), gzclose);
    if (!file) return InvalidArgument(fmt::format("{} cannot be opened", path_));
    const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                         XML_ParserFree);
    parser_ = parser.get();
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(
        parser_,
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          static_cast<Reader*>(self)->Begin(name, attributes);
        },
        [](void* self, const XML_Char* name) { static_cast<Reader*>(self)->End(name); });
    XML_SetCharacterDataHandler(parser_, [](void* self, const XML_Char* text, int size) {
      static_cast<Reader*>(self)->text_.append(text, static_cast<size_t>(size));
    });
    std::array<char, 65'536> buffer;
    for (bool done = false; !done;) {
      const int size = gzread(file.get(), buffer.data(), buffer.size());
      if (size < 0) return InvalidArgument(fmt::format("{}: damaged gzip", path_));
      done = size == 0;
      if (XML_Parse(parser_, buffer.data(), size, done) == XML_STATUS_ERROR) {
        if (!fault_) fault_ = At(XML_ErrorString(XML_GetErrorCode(parser_)));
        return *fault_;
      }
    }
    if (parts_.nodes.empty()) return InvalidArgument(fmt::format("{} holds no nodes", path_));
    auto graph = RoadGraph::Make(std::move(parts_));
    if (!graph) return InvalidArgument(fmt::format("{}: {}", path_, graph.error().message));
    return graph;
  }

 private:
  using Attributes = const XML_Char**;

  static std::string_view Find(Attributes attributes, std::string_view name) {
    for (; *attributes != nullptr; attributes += 2) {
      if (name == attributes[0]) return attributes[1];
    }
    return {};
  }

  Error At(std::string_view what) const {
    return InvalidArgument(
        fmt::format("{}:{}: {}", path_, XML_GetCurrentLineNumber(parser_), what));
  }

  void Fail(std::string_view what) {
    if (!fault_) fault_ = At(what);
    XML_StopParser(parser_, XML_FALSE);
  }

  void Begin(std::string_view name, Attributes attributes) {
    text_.clear();
    if (name == "key") {
      keys_[std::string(Find(attributes, "id"))] = Find(attributes, "attr.name");
    } else if (name == "node") {
      values_.clear();
      node_ = Find(attributes, "id");
    } else if (name == "edge") {
      values_.clear();
      source_ = Find(attributes, "source");
      target_ = Find(attributes, "target");
    } else if (name == "data") {
      key_ = keys_[std::string(Find(attributes, "key"))];
    }
  }

  void End(std::string_view name) {
    if (fault_) return;
    if (name == "data") values_[key_] = text_;
    if (name == "node") AddNode();
    if (name == "edge") AddEdge();
  }

  void AddNode() {
    const auto x = Number(values_["x"]);
    const auto y = Number(values_["y"]);
    if (!x || !y || !IsValid(Position{*x, *y})) return Fail("a node without x and y in degrees");
    numbers_[node_] = static_cast<uint32_t>(parts_.nodes.size());
    parts_.nodes.push_back(RoundedPosition(*x, *y));
  }

  void AddEdge() {
    const auto from = numbers_.find(source_);
    const auto to = numbers_.find(target_);
    if (from == numbers_.end() || to == numbers_.end()) {
      return Fail("an edge between nodes that are not there");
    }
    const auto highway = values_.find("highway");
    // A graph without classes of road is taken for one of streets.
    const auto way = highway == values_.end() ? Way{RoadClass::kCollector, 50, 1}
                                              : WayOf(FirstValue(highway->second));
    if (!way) return;
    const auto length = Number(values_["length"]);
    if (!length || !(*length >= 0) || *length > 1e6)
      return Fail("an edge without a length in metres");
    const auto lanes = Number(FirstValue(values_["lanes"]));
    parts_.edges.push_back({
        .from = from->second,
        .to = to->second,
        .length_m = static_cast<float>(*length),
        .speed_limit_kmh = static_cast<float>(SpeedLimit(*way)),
        .road_class = way->road_class,
        .lanes = lanes && *lanes >= 1 && *lanes <= 12 ? static_cast<uint8_t>(*lanes) : way->lanes,
        .name = NameNumber(std::string(FirstValue(values_["name"]))),
    });
  }

  double SpeedLimit(const Way& way) {
    const std::string_view text = FirstValue(values_["maxspeed"]);
    const auto number = Number(text);
    if (!number || *number < 5) return way.speed_kmh;
    constexpr double kKmPerMile = 1.609344;
    const double kmh = text.find("mph") == std::string_view::npos ? *number : *number * kKmPerMile;
    return std::min(kmh, kMaxSpeedLimitKmh);
  }

  uint32_t NameNumber(const std::string& name) {
    const auto [found, added] = names_.emplace(name, static_cast<uint32_t>(parts_.names.size()));
    if (added) parts_.names.push_back(name);
    return found->second;
  }

  const std::string& path_;
  XML_Parser parser_ = nullptr;
  std::optional<Error> fault_;
  std::map<std::string, std::string, std::less<>> keys_;    // id -> attribute's name
  std::map<std::string, std::string, std::less<>> values_;  // of the node or edge being read
  std::map<std::string, uint32_t, std::less<>> numbers_;    // of nodes, by their ids
  std::map<std::string, uint32_t, std::less<>> names_{{"", 0}};
  std::string key_;
  std::string text_;
  std::string node_;
  std::string source_;
  std::string target_;
  RoadGraph::Parts parts_{.names = {""}};
};

}  // namespace

Result<RoadGraph> ReadGraphMl(const std::string& path) { return Reader(path).Read(); }

}  // namespace sightline::simulation
