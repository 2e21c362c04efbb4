// A data directory as format version 1 wrote it stays readable. How it is made anew: README.md beside
// it in tests/data.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(SIGHTLINE_SOURCE_DIR) / "tests" / "data" / "golden-v1";
constexpr TimestampMs kReceived{1'474'416'000'500};

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string ValueText(const AttributeValue& value) {
  return std::visit(
      [](const auto& v) {
        using V = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<V, std::string>) {
          return fmt::format("text {}", v);
        } else if constexpr (std::is_same_v<V, int64_t>) {
          return fmt::format("integer {}", v);
        } else if constexpr (std::is_same_v<V, double>) {
          return fmt::format("number {:a}", v);
        } else {
          return fmt::format("flag {}", v);
        }
      },
      value);
}

// Every stored member of every row, camera, plate, entry and audit record, a line each.
std::string Dump(Store& store) {
  std::string out;
  const auto number = [](const std::optional<double>& v) {
    return v ? fmt::format("{:a}", *v) : std::string("-");
  };
  for (const StoredSighting& row : AllRows(store, store.VisibleSequence())) {
    const Sighting& s = row.sighting;
    out += fmt::format("sighting {} sequence {} received {}\n", row.id.ToString(), row.sequence,
                       row.received.value);
    out += fmt::format("  source {} camera {} time {} plate '{}' read '{}' color '{}'\n",
                       s.source_id ? "'" + *s.source_id + "'" : "-", s.camera_id, s.time.value,
                       s.plate, s.plate_read, s.plate_color);
    out += fmt::format("  confidence {} lane {} speed {} image '{}' lon {} lat {}\n",
                       number(s.plate_confidence), s.lane ? std::to_string(*s.lane) : "-",
                       number(s.speed_kmh), s.image,
                       number(s.location ? std::optional(s.location->lon) : std::nullopt),
                       number(s.location ? std::optional(s.location->lat) : std::nullopt));
    for (const Attribute& a : s.attributes) {
      out += fmt::format("  attribute {} {}\n", a.name, ValueText(a.value));
    }
    for (const AppearanceVector& v : s.vectors) {
      out += fmt::format("  vector {} {} bytes {}...\n", v.space, v.bytes.size(),
                         Hex(v.bytes.substr(0, 8)));
    }
  }
  for (const auto& record : store.Cameras()) {
    out += fmt::format("camera {}\n", record->number);
    for (const CameraRevision& r : record->history) {
      out += fmt::format("  recorded {} id {} name '{}' lon {} heading {} kind {} retired {}\n",
                         r.recorded.value, r.camera.id, r.camera.name,
                         number(r.camera.location ? std::optional(r.camera.location->lon)
                                                  : std::nullopt),
                         number(r.camera.heading_deg), static_cast<int>(r.camera.kind), r.retired);
    }
  }
  for (const std::string& plate : PlateCounts(store, store.VisibleSequence())) {
    out += fmt::format("plate {}\n", plate);
  }
  const auto entries = store.Entries("tokens").value();
  for (const auto& [key, value] : entries) out += fmt::format("entry {} {}\n", key, value);
  const auto audit = store.ReadAudit(0, 100).value();
  for (const auto& [n, text] : audit) out += fmt::format("audit {} {}\n", n, text);
  return out;
}

void Fill(Store& store, SetClock& clock) {
  const std::vector<Camera> cameras = {
      {.id = "K-0012", .name = "学院路", .location = Position{.lon = 116.33, .lat = 39.99}},
      {.id = "M-1", .kind = CameraKind::kMobile}};
  store.PutCameras(cameras).value();
  Camera moved = cameras[0];
  moved.location = Position{.lon = 116.34, .lat = 39.99};
  moved.heading_deg = 90.0;
  clock.Set(kReceived);
  store.PutCameras({&moved, 1}).value();
  Append(store, clock, {FullSighting("京N6UT45", "K-0012", kDay, 37'336'120),
                        Seen("8ABC123", "M-1", kDay, 5), Seen("", "M-1", kDay, 86'399'999)}).value();
  Append(store, clock, {Seen("8ABC123", "K-0012", Day{kDay.number + 1}, 60'000)}).value();
  store.RemoveCamera("M-1").value();
  store.PutEntry("tokens", "t1", "hash").value();
  store.AppendAudit(R"({"call":"search"})").value();
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Golden, AnswersAsWhenItWasWritten) {
  SetClock clock{kDay.start()};
  if (std::getenv("SIGHTLINE_WRITE_GOLDEN") != nullptr) {
    fs::remove_all(kGolden);
    auto store = OpenStore(kGolden / "data", clock);
    Fill(*store, clock);
    std::ofstream(kGolden / "expected.txt") << Dump(*store);
    store.reset();
    for (const auto& entry : fs::recursive_directory_iterator(kGolden / "data")) {
      // Neither is needed to open it.
      const std::string name = entry.path().filename().string();
      if (name == "LOCK" || name.starts_with("OPTIONS-")) fs::remove(entry.path());
    }
  }
  ASSERT_TRUE(fs::exists(kGolden / "data")) << kGolden;
  const TemporaryDirectory directory;
  fs::copy(kGolden / "data", directory.path() / "data", fs::copy_options::recursive);
  const auto store = OpenStore(directory.path() / "data", clock);
  EXPECT_EQ(Dump(*store), ReadFile(kGolden / "expected.txt"));
  // And it goes on: what was stored is known, what is new is taken.
  EXPECT_EQ(Accepted(*Append(*store, clock, {Seen("8ABC123", "M-1", kDay, 5)})), 0u);
  EXPECT_EQ(Accepted(*Append(*store, clock, {Seen("8ABC123", "M-1", kDay, 6)})), 1u);
}

}  // namespace
}  // namespace sightline::storage
