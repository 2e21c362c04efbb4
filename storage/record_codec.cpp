#include "storage/record_codec.h"

#include <cmath>

#include "storage/big_endian.h"
#include "storage/record.pb.h"

namespace sightline::storage {
namespace {

constexpr uint8_t kHasPosition = 1;
constexpr uint8_t kHasConfidence = 2;

void FillPlace(const Position& position, proto::Place& out) {
  out.set_lon(position.lon);
  out.set_lat(position.lat);
}

Position ToPosition(const proto::Place& place) { return {.lon = place.lon(), .lat = place.lat()}; }

struct FillAttributeValue {
  proto::AttributeRecord& out;
  void operator()(const std::string& text) const { out.set_text(text); }
  void operator()(int64_t integer) const { out.set_integer(integer); }
  void operator()(double number) const { out.set_number(number); }
  void operator()(bool flag) const { out.set_flag(flag); }
};

using AttributeRecords = google::protobuf::RepeatedPtrField<proto::AttributeRecord>;

void FillAttributes(const std::vector<Attribute>& attributes, AttributeRecords& out) {
  for (const Attribute& attribute : attributes) {
    proto::AttributeRecord& record = *out.Add();
    record.set_name(attribute.name);
    std::visit(FillAttributeValue{record}, attribute.value);
  }
}

void FillRecord(const Sighting& sighting, proto::SightingRecord& out) {
  if (sighting.source_id) out.set_source_id(*sighting.source_id);
  out.set_plate(sighting.plate);
  if (sighting.plate_read != sighting.plate) out.set_plate_read(sighting.plate_read);
  out.set_plate_color(sighting.plate_color);
  if (sighting.plate_confidence) out.set_plate_confidence(*sighting.plate_confidence);
  FillAttributes(sighting.attributes, *out.mutable_attributes());
  if (sighting.location) FillPlace(*sighting.location, *out.mutable_location());
  if (sighting.lane) out.set_lane(*sighting.lane);
  if (sighting.speed_kmh) out.set_speed_kmh(*sighting.speed_kmh);
  out.set_image(sighting.image);
  for (const AppearanceVector& vector : sighting.vectors) {
    proto::VectorRecord& record = *out.add_vectors();
    record.set_space(vector.space);
    record.set_bytes(vector.bytes);
  }
}

std::optional<AttributeValue> ToAttributeValue(proto::AttributeRecord& record) {
  switch (record.value_case()) {
    case proto::AttributeRecord::kText: return std::move(*record.mutable_text());
    case proto::AttributeRecord::kInteger: return record.integer();
    case proto::AttributeRecord::kNumber: return record.number();
    case proto::AttributeRecord::kFlag: return record.flag();
    case proto::AttributeRecord::VALUE_NOT_SET: return std::nullopt;
  }
  return std::nullopt;
}

std::vector<Attribute> TakeAttributes(AttributeRecords& records) {
  std::vector<Attribute> attributes;
  attributes.reserve(static_cast<size_t>(records.size()));
  for (proto::AttributeRecord& record : records) {
    auto value = ToAttributeValue(record);
    // A kind of value that a later version writes cannot be shown, and must not hide the rest.
    if (!value) continue;
    attributes.push_back({std::move(*record.mutable_name()), std::move(*value)});
  }
  return attributes;
}

void FillCameraState(const Camera& camera, proto::CameraState& out) {
  out.set_id(camera.id);
  out.set_name(camera.name);
  if (camera.location) FillPlace(*camera.location, *out.mutable_location());
  if (camera.heading_deg) out.set_heading_deg(*camera.heading_deg);
  out.set_kind(camera.kind == CameraKind::kMobile ? 1 : 0);
}

Camera ToCamera(const proto::CameraState& state) {
  Camera camera;
  camera.id = state.id();
  camera.name = state.name();
  if (state.has_location()) camera.location = ToPosition(state.location());
  if (state.has_heading_deg()) camera.heading_deg = state.heading_deg();
  camera.kind = state.kind() == 1 ? CameraKind::kMobile : CameraKind::kCheckpoint;
  return camera;
}

Error BadRecord() {
  return {ErrorCode::kCorruption, "a stored sighting is not in a format that this version reads", {}};
}

int32_t ToE7(double degrees) { return static_cast<int32_t>(std::lround(degrees * 1e7)); }

}  // namespace

std::string EncodeRecord(const Sighting& sighting, TimestampMs received) {
  // One message a thread, so that its strings and lists are allocated once.
  thread_local proto::SightingRecord record;
  record.Clear();
  FillRecord(sighting, record);
  const size_t record_bytes = record.ByteSizeLong();
  std::string value;
  value.resize(kRecordHeaderBytes + record_bytes);
  value[0] = static_cast<char>(kValueFormat);
  StoreLittleEndian(Sequence{0}, value.data() + 1);
  StoreLittleEndian(received.value, value.data() + 9);
  record.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(value.data() + kRecordHeaderBytes));
  return value;
}

std::string EncodePlateValue(const Sighting& sighting) {
  std::string value;
  value.reserve(kPlateHeaderBytes + 11);
  value.push_back(static_cast<char>(kValueFormat));
  AppendLittleEndian(Sequence{0}, value);
  const int flags = (sighting.location ? kHasPosition : 0) |
                    (sighting.plate_confidence ? kHasConfidence : 0);
  value.push_back(static_cast<char>(flags));
  if (sighting.location) {
    AppendLittleEndian(ToE7(sighting.location->lon), value);
    AppendLittleEndian(ToE7(sighting.location->lat), value);
  }
  if (sighting.plate_confidence) {
    AppendLittleEndian(static_cast<uint16_t>(std::lround(*sighting.plate_confidence * 65535)), value);
  }
  return value;
}

void StampSequence(Sequence sequence, std::string& value) {
  StoreLittleEndian(sequence, value.data() + 1);
}

std::optional<RecordHeader> ParseRecordHeader(std::string_view value) {
  if (value.size() < kRecordHeaderBytes || value[0] != static_cast<char>(kValueFormat)) {
    return std::nullopt;
  }
  return RecordHeader{.sequence = LoadLittleEndian<Sequence>(value.data() + 1),
                      .received = {LoadLittleEndian<int64_t>(value.data() + 9)}};
}

std::optional<Sequence> ParsePlateSequence(std::string_view value) {
  if (value.size() < kPlateHeaderBytes || value[0] != static_cast<char>(kValueFormat)) {
    return std::nullopt;
  }
  return LoadLittleEndian<Sequence>(value.data() + 1);
}

Result<Sighting> DecodeRecord(std::string_view value, std::string_view camera_id, TimestampMs time) {
  if (!ParseRecordHeader(value)) return BadRecord();
  thread_local proto::SightingRecord record;
  value.remove_prefix(kRecordHeaderBytes);
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) return BadRecord();

  Sighting sighting;
  if (record.has_source_id()) sighting.source_id = std::move(*record.mutable_source_id());
  sighting.camera_id = camera_id;
  sighting.time = time;
  sighting.plate_read = record.has_plate_read() ? std::move(*record.mutable_plate_read())
                                                : record.plate();
  sighting.plate = std::move(*record.mutable_plate());
  sighting.plate_color = std::move(*record.mutable_plate_color());
  if (record.has_plate_confidence()) sighting.plate_confidence = record.plate_confidence();
  sighting.attributes = TakeAttributes(*record.mutable_attributes());
  if (record.has_location()) sighting.location = ToPosition(record.location());
  if (record.has_lane()) sighting.lane = record.lane();
  if (record.has_speed_kmh()) sighting.speed_kmh = record.speed_kmh();
  sighting.image = std::move(*record.mutable_image());
  sighting.vectors.reserve(static_cast<size_t>(record.vectors_size()));
  for (proto::VectorRecord& vector : *record.mutable_vectors()) {
    sighting.vectors.push_back({std::move(*vector.mutable_space()),
                                std::move(*vector.mutable_bytes())});
  }
  return sighting;
}

std::string EncodeCorrection(const CorrectionEntry& entry) {
  const Correction& correction = entry.correction.correction;
  proto::CorrectionRecord record;
  record.set_corrected(entry.correction.corrected.value);
  if (correction.plate) record.set_plate(*correction.plate);
  FillAttributes(correction.attributes, *record.mutable_attributes());
  for (const std::string& name : correction.removed_attributes) record.add_removed_attributes(name);
  record.set_note(correction.note);
  record.set_author(correction.author);
  record.set_plate_before(entry.correction.plate_before);
  FillAttributes(entry.correction.attributes_before, *record.mutable_attributes_before());
  record.set_ingest_sequence(entry.ingest_sequence);
  return record.SerializeAsString();
}

std::optional<CorrectionEntry> DecodeCorrection(std::string_view bytes) {
  proto::CorrectionRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  CorrectionEntry entry;
  entry.ingest_sequence = record.ingest_sequence();
  entry.correction.corrected = {record.corrected()};
  entry.correction.plate_before = record.plate_before();
  entry.correction.attributes_before = TakeAttributes(*record.mutable_attributes_before());
  Correction& correction = entry.correction.correction;
  if (record.has_plate()) correction.plate = record.plate();
  correction.attributes = TakeAttributes(*record.mutable_attributes());
  correction.removed_attributes.assign(record.removed_attributes().begin(),
                                       record.removed_attributes().end());
  correction.note = record.note();
  correction.author = record.author();
  return entry;
}

std::string EncodeSegmentEntry(const SegmentEntry& entry) {
  proto::SegmentRecord record;
  record.set_name(entry.name);
  record.set_description(entry.description);
  return record.SerializeAsString();
}

std::optional<SegmentEntry> DecodeSegmentEntry(std::string_view bytes) {
  proto::SegmentRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return SegmentEntry{.name = record.name(), .description = record.description()};
}

std::string EncodeSpace(const VectorSpace& space) {
  proto::SpaceRecord record;
  record.set_bytes(space.bytes);
  record.set_element(static_cast<uint32_t>(space.element));
  record.set_metric(static_cast<uint32_t>(space.metric));
  record.set_model(space.model);
  return record.SerializeAsString();
}

std::optional<VectorSpace> DecodeSpace(std::string_view name, std::string_view bytes) {
  proto::SpaceRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  VectorSpace space{.name = std::string(name),
                    .bytes = record.bytes(),
                    .element = static_cast<VectorElement>(record.element()),
                    .metric = static_cast<VectorMetric>(record.metric()),
                    .model = record.model()};
  if (record.element() > static_cast<uint32_t>(VectorElement::kF32) ||
      record.metric() > static_cast<uint32_t>(VectorMetric::kInnerProduct) || !CheckSpace(space)) {
    return std::nullopt;
  }
  return space;
}

std::string EncodeCameraState(const Camera& camera) {
  proto::CameraState state;
  FillCameraState(camera, state);
  return state.SerializeAsString();
}

std::optional<Camera> DecodeCameraState(std::string_view bytes) {
  proto::CameraState state;
  if (!state.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return ToCamera(state);
}

std::string EncodeCameraEntry(const CameraRecord& record, bool used) {
  proto::CameraHistory out;
  out.set_number(record.number);
  out.set_used(used);
  for (const CameraRevision& revision : record.history) {
    proto::CameraRevisionRecord& stored = *out.add_history();
    stored.set_recorded(revision.recorded.value);
    FillCameraState(revision.camera, *stored.mutable_camera());
    stored.set_retired(revision.retired);
  }
  return out.SerializeAsString();
}

std::optional<CameraEntry> DecodeCameraEntry(std::string_view bytes) {
  proto::CameraHistory stored;
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (stored.history().empty()) return std::nullopt;
  CameraEntry entry;
  entry.record.number = stored.number();
  entry.used = stored.used();
  for (const proto::CameraRevisionRecord& revision : stored.history()) {
    entry.record.history.push_back({.recorded = {revision.recorded()},
                                    .camera = ToCamera(revision.camera()),
                                    .retired = revision.retired()});
  }
  return entry;
}

}  // namespace sightline::storage
