// A data directory stays readable as each format version wrote it. How one is made: README.md beside
// them in tests/data.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

const fs::path kTestData = fs::path(SIGHTLINE_SOURCE_DIR) / "tests" / "data";
// The format that is written at present.
constexpr std::string_view kPresent = "golden-v2";
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

std::string AttributesText(const std::vector<Attribute>& attributes) {
  std::string text;
  for (const Attribute& a : attributes) text += fmt::format(" {}={}", a.name, ValueText(a.value));
  return text;
}

std::string CorrectionText(const StoredCorrection& c) {
  std::string text = fmt::format("correction {} of {} at {} by '{}' note '{}' camera {}\n", c.sequence,
                                 c.sighting.ToString(), c.corrected.value, c.correction.author,
                                 c.correction.note, c.camera_id);
  const std::string plate = c.correction.plate ? "'" + *c.correction.plate + "'" : "-";
  text += fmt::format("  plate {} was '{}'\n", plate, c.plate_before);
  text += fmt::format("  attributes{} removed {} were{}\n", AttributesText(c.correction.attributes),
                      fmt::join(c.correction.removed_attributes, ","),
                      AttributesText(c.attributes_before));
  return text;
}

// What format 1 did not have is told only where there is some.
std::string SegmentsText(Store& store) {
  std::string text;
  for (const Day day : store.Days()) {
    const auto reader = store.OpenDay(day).value();
    if (reader->sealed_to() == 0) continue;
    text += fmt::format("day {} sealed to {} of {}\n", FormatDay(day), reader->sealed_to(),
                        reader->log_end());
    for (const SegmentEntry& segment : reader->Segments()) {
      text += fmt::format("  segment {} {}\n", segment.name, Hex(segment.description));
    }
    for (const RowVersion& version : reader->ReadLog(reader->sealed_to(), 1000)) {
      text += fmt::format("  log {} camera {} ms {}\n", version.sequence, version.key.camera_number,
                          version.key.ms_of_day);
    }
  }
  return text;
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
    if (row.corrected != 0) out += fmt::format("  corrected {}\n", row.corrected);
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
  for (const StoredCorrection& correction : store.Corrections(0, 100).value()) {
    out += CorrectionText(correction);
  }
  return out + SegmentsText(store);
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
  const auto ids =
      Append(store, clock, {FullSighting("京N6UT45", "K-0012", kDay, 37'336'120),
                            Seen("8ABC123", "M-1", kDay, 5), Seen("", "M-1", kDay, 86'399'999)})
          ->ids;
  Append(store, clock, {Seen("8ABC123", "K-0012", Day{kDay.number + 1}, 60'000)}).value();
  store.RemoveCamera("M-1").value();
  store.PutEntry("tokens", "t1", "hash").value();
  store.AppendAudit(std::vector<std::string>{R"({"call":"search"})"}).value();

  clock.Set(kReceived + 60'000);
  store.Correct(ids[1], {.plate = "8A8C123", .note = "再看一遍", .author = "li"}).value();
  const Correction of_attributes{.plate = "",
                                 .attributes = {{"color", std::string("blue")},
                                                {"lanes", 1.5},
                                                {"sticker", false},
                                                {"year", int64_t{2014}}},
                                 .removed_attributes = {"weight_t"}};
  store.Correct(ids[0], of_attributes).value();
  const auto reader = store.OpenDay(kDay).value();
  std::ofstream(reader->segment_directory() / "000001.seg") << "derived";
  const SegmentEntry segment{.name = "000001.seg", .description = std::string("\x00\xFF", 2)};
  store.CommitSegments(kDay, 2, {&segment, 1}, {}).value();
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteGolden(const fs::path& golden, SetClock& clock) {
  fs::remove_all(golden);
  auto store = OpenStore(golden / "data", clock);
  Fill(*store, clock);
  std::ofstream(golden / "expected.txt") << Dump(*store);
  store.reset();
  for (const auto& entry : fs::recursive_directory_iterator(golden / "data")) {
    // Neither is needed to open it.
    const std::string name = entry.path().filename().string();
    if (name == "LOCK" || name.starts_with("OPTIONS-")) fs::remove(entry.path());
  }
}

class Golden : public ::testing::TestWithParam<std::string_view> {};

TEST_P(Golden, AnswersAsWhenItWasWritten) {
  const fs::path golden = kTestData / GetParam();
  SetClock clock{kDay.start()};
  if (GetParam() == kPresent && std::getenv("SIGHTLINE_WRITE_GOLDEN") != nullptr) {
    WriteGolden(golden, clock);
  }
  ASSERT_TRUE(fs::exists(golden / "data")) << golden;
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data";
  fs::copy(golden / "data", data, fs::copy_options::recursive);
  auto store = OpenStore(data, clock);
  EXPECT_EQ(Dump(*store), ReadFile(golden / "expected.txt"));
  EXPECT_EQ(store->Spaces(), DefaultSpaces());
  // And it goes on: what was stored is known, what is new is taken.
  EXPECT_EQ(Accepted(*Append(*store, clock, {Seen("8ABC123", "M-1", kDay, 5)})), 0u);
  const auto added = Append(*store, clock, {Seen("8ABC123", "M-1", kDay, 6)}).value();
  EXPECT_EQ(Accepted(added), 1u);
  store->Correct(added.ids[0], {.plate = "NEW"}).value();
  // A day of the first format has a log from now on, and what was there before is in it.
  for (const bool reopened : {false, true}) {
    if (reopened) {
      store.reset();
      store = OpenStore(data, clock);
    }
    for (const Day day : store->Days()) {
      const auto reader = store->OpenDay(day).value();
      size_t rows = 0;
      for (const auto row = reader->Rows(); row->Valid(); row->Next()) ++rows;
      EXPECT_GE(reader->log_end(), rows);
      EXPECT_EQ(reader->sealed_to() + reader->ReadLog(reader->sealed_to(), 1000).size(),
                reader->log_end());
    }
    EXPECT_EQ(store->GetSighting(added.ids[0], store->VisibleSequence())->sighting.plate, "NEW");
  }
  EXPECT_EQ(store->UnsealedDays(), store->Days());
}

INSTANTIATE_TEST_SUITE_P(Formats, Golden, ::testing::Values("golden-v1", kPresent));

}  // namespace
}  // namespace sightline::storage
