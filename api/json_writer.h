// Writes JSON text piece by piece, so that no answer is built as a tree first.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline::api {

// Appends to a string that the caller owns. Calls must nest properly; misuse is a bug and asserts.
// Text must be valid UTF-8. Doubles are written in their shortest form that reads back the same;
// a value that is not finite becomes null. Not thread-safe.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out);  // `out` outlives the writer
  ~JsonWriter();

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t number);
  JsonWriter& Uint(uint64_t number);
  JsonWriter& Double(double number);
  JsonWriter& Bool(bool flag);
  JsonWriter& Null();
  JsonWriter& Raw(std::string_view json);  // one complete JSON value

  // Values of core.
  JsonWriter& Time(TimestampMs time);                // "2016-09-21T02:22:36.120Z"
  JsonWriter& LonLat(const Position& position);      // {"lon":…,"lat":…}
  JsonWriter& Attribute(const AttributeValue& value);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::api
