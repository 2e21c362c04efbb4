// Stored values: a fixed header, then a protobuf record (record.proto).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/camera.h"
#include "core/correction.h"
#include "core/sighting.h"
#include "core/vector_space.h"
#include "storage/day.h"

namespace sightline::storage {

// The first byte of every value of `sightings`, `by_plate` and the inbox.
inline constexpr uint8_t kValueFormat = 1;

// Of `sightings`: format u8, sequence u64, received i64, record.
inline constexpr size_t kRecordHeaderBytes = 17;
// Of `by_plate`: format u8, sequence u64, then the fields that sweeps need.
inline constexpr size_t kPlateHeaderBytes = 9;

struct RecordHeader {
  Sequence sequence = 0;
  TimestampMs received;
};

// The value of a sighting's row, its sequence still 0. CPU only; thread-safe.
std::string EncodeRecord(const Sighting& sighting, TimestampMs received);

// The value of its by_plate row, its sequence still 0: flags u8 (1 has a position, 2 a confidence),
// then lon and lat i32 in 1e-7 degrees, and the confidence u16 in 1/65535.
std::string EncodePlateValue(const Sighting& sighting);

// Writes the sequence into a value made by one of the two.
void StampSequence(Sequence sequence, std::string& value);

// Errors of the three: nullopt or kCorruption for bytes of another format or shape.
std::optional<RecordHeader> ParseRecordHeader(std::string_view value);
std::optional<Sequence> ParsePlateSequence(std::string_view value);
// `camera_id` and `time` come from the key.
Result<Sighting> DecodeRecord(std::string_view value, std::string_view camera_id, TimestampMs time);

std::string EncodeCameraState(const Camera& camera);
std::optional<Camera> DecodeCameraState(std::string_view bytes);

// What a correction's key and its day do not tell: `sighting`, `sequence` and `camera_id` are for the
// reader to fill in.
struct CorrectionEntry {
  StoredCorrection correction;
  Sequence ingest_sequence = 0;  // of the sighting as it came
};
std::string EncodeCorrection(const CorrectionEntry& entry);
std::optional<CorrectionEntry> DecodeCorrection(std::string_view bytes);

std::string EncodeSegmentEntry(const SegmentEntry& entry);
std::optional<SegmentEntry> DecodeSegmentEntry(std::string_view bytes);

std::string EncodeSpace(const VectorSpace& space);
// nullopt also where it is of a kind that a later version has written.
std::optional<VectorSpace> DecodeSpace(std::string_view name, std::string_view bytes);

struct CameraEntry {
  CameraRecord record;
  bool used = false;
};
std::string EncodeCameraEntry(const CameraRecord& record, bool used);
std::optional<CameraEntry> DecodeCameraEntry(std::string_view bytes);

}  // namespace sightline::storage
