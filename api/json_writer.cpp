#include "api/json_writer.h"

#include <rapidjson/writer.h>

#include <cmath>

namespace sightline::api {
namespace {

// RapidJSON's output stream over a std::string of the caller's. Characters come one by one, so they
// are gathered here first: appending each to the string took half of the time of an answer.
class StringStream {
 public:
  using Ch = char;
  explicit StringStream(std::string& out) : out_(out) {}
  void Put(char c) {
    if (size_ == sizeof(gathered_)) Flush();
    gathered_[size_++] = c;
  }
  void Flush() {
    out_.append(gathered_, size_);
    size_ = 0;
  }

 private:
  std::string& out_;
  char gathered_[256];
  size_t size_ = 0;
};

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

class JsonWriter::Impl {
 public:
  explicit Impl(std::string& out) : stream_(out), writer_(stream_) {}

  // Every call leaves the caller's string complete.
  template <typename Call>
  void Write(Call call) {
    call(writer_);
    stream_.Flush();
  }

 private:
  StringStream stream_;
  rapidjson::Writer<StringStream> writer_;
};

JsonWriter::JsonWriter(std::string& out) : impl_(std::make_unique<Impl>(out)) {}
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::BeginObject() {
  impl_->Write([](auto& writer) { writer.StartObject(); });
  return *this;
}
JsonWriter& JsonWriter::EndObject() {
  impl_->Write([](auto& writer) { writer.EndObject(); });
  return *this;
}
JsonWriter& JsonWriter::BeginArray() {
  impl_->Write([](auto& writer) { writer.StartArray(); });
  return *this;
}
JsonWriter& JsonWriter::EndArray() {
  impl_->Write([](auto& writer) { writer.EndArray(); });
  return *this;
}
JsonWriter& JsonWriter::Key(std::string_view name) {
  impl_->Write([name](auto& writer) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  });
  return *this;
}
JsonWriter& JsonWriter::String(std::string_view text) {
  impl_->Write([text](auto& writer) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  });
  return *this;
}
JsonWriter& JsonWriter::Int(int64_t number) {
  impl_->Write([number](auto& writer) { writer.Int64(number); });
  return *this;
}
JsonWriter& JsonWriter::Uint(uint64_t number) {
  impl_->Write([number](auto& writer) { writer.Uint64(number); });
  return *this;
}
JsonWriter& JsonWriter::Double(double number) {
  if (!std::isfinite(number)) return Null();
  impl_->Write([number](auto& writer) { writer.Double(number); });
  return *this;
}
JsonWriter& JsonWriter::Bool(bool flag) {
  impl_->Write([flag](auto& writer) { writer.Bool(flag); });
  return *this;
}
JsonWriter& JsonWriter::Null() {
  impl_->Write([](auto& writer) { writer.Null(); });
  return *this;
}
JsonWriter& JsonWriter::Raw(std::string_view json) {
  impl_->Write([json](auto& writer) {
    writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  });
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
