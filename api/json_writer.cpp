#include "api/json_writer.h"

#include <rapidjson/writer.h>

#include <cmath>

namespace sightline::api {
namespace {

// RapidJSON's output stream over a std::string of the caller's.
class StringStream {
 public:
  using Ch = char;
  explicit StringStream(std::string& out) : out_(out) {}
  void Put(char c) { out_.push_back(c); }
  void Flush() {}

 private:
  std::string& out_;
};

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

class JsonWriter::Impl {
 public:
  explicit Impl(std::string& out) : stream(out), writer(stream) {}

  StringStream stream;
  rapidjson::Writer<StringStream> writer;
};

JsonWriter::JsonWriter(std::string& out) : impl_(std::make_unique<Impl>(out)) {}
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::BeginObject() {
  impl_->writer.StartObject();
  return *this;
}
JsonWriter& JsonWriter::EndObject() {
  impl_->writer.EndObject();
  return *this;
}
JsonWriter& JsonWriter::BeginArray() {
  impl_->writer.StartArray();
  return *this;
}
JsonWriter& JsonWriter::EndArray() {
  impl_->writer.EndArray();
  return *this;
}
JsonWriter& JsonWriter::Key(std::string_view name) {
  impl_->writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return *this;
}
JsonWriter& JsonWriter::String(std::string_view text) {
  impl_->writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return *this;
}
JsonWriter& JsonWriter::Int(int64_t number) {
  impl_->writer.Int64(number);
  return *this;
}
JsonWriter& JsonWriter::Uint(uint64_t number) {
  impl_->writer.Uint64(number);
  return *this;
}
JsonWriter& JsonWriter::Double(double number) {
  if (std::isfinite(number)) {
    impl_->writer.Double(number);
  } else {
    impl_->writer.Null();
  }
  return *this;
}
JsonWriter& JsonWriter::Bool(bool flag) {
  impl_->writer.Bool(flag);
  return *this;
}
JsonWriter& JsonWriter::Null() {
  impl_->writer.Null();
  return *this;
}
JsonWriter& JsonWriter::Raw(std::string_view json) {
  impl_->writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}
JsonWriter& JsonWriter::Time(TimestampMs time) { return String(FormatTimestamp(time)); }
JsonWriter& JsonWriter::LonLat(const Position& position) {
  return BeginObject().Key("lon").Double(position.lon).Key("lat").Double(position.lat).EndObject();
}
JsonWriter& JsonWriter::Attribute(const AttributeValue& value) {
  std::visit(Overloaded{[this](const std::string& text) { String(text); },
                        [this](int64_t number) { Int(number); },
                        [this](double number) { Double(number); },
                        [this](bool flag) { Bool(flag); }},
             value);
  return *this;
}

}  // namespace sightline::api
