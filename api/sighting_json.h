// Sightings on the wire.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_writer.h"
#include "core/error.h"
#include "core/sighting.h"
#include "core/vector_space.h"

namespace sightline::api {

// What a sighting may hold at most; each is an option of the server, named as here.
struct SightingLimits {
  size_t max_source_id_bytes = 256;
  size_t max_camera_id_bytes = 128;
  size_t max_attributes = 64;
  size_t max_attribute_name_bytes = 64;
  size_t max_attribute_value_bytes = 256;
  size_t max_image_bytes = 2048;
  size_t max_vectors = 8;
};

// The spaces that there are at the time of the call: those of an earlier call and perhaps more.
using SpaceSource = std::function<std::vector<VectorSpace>()>;

// Parses sightings, one JSON object at a time; keeps its buffers between calls. One thread.
class SightingParser {
 public:
  // `spaces` is asked again when a vector is of a space that it did not name before, so that one
  // that was made meanwhile is known; it outlives the parser. Null: vectors of any name are taken
  // as they are.
  explicit SightingParser(SightingLimits limits, SpaceSource spaces = DefaultSpaces);
  ~SightingParser();

  // Parses and checks everything that the text alone can tell: syntax, UTF-8, unknown or repeated
  // members, types, ranges, lengths, base64, and normalises the plate. Times are checked to lie in
  // the storable range, not against the clock.
  // What an answer bears beyond that (id, received, corrected, match) is passed over, so that rows
  // that were exported can be sent again; a plate_read beside the plate is kept as it stands.
  // Errors: kInvalidArgument with `field`, a JSON pointer to the member at fault ("" for the
  // whole), and a message that says what was wrong with it and what is allowed (limits by option
  // name).
  Result<Sighting> Parse(std::string_view json);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Which members of a sighting an answer bears.
struct SightingFields {
  bool vectors = false;                             // include=vectors
  std::optional<std::set<std::string, std::less<>>> only;  // fields=…; nullopt: all
};

// From the query parameters `include` and `fields` (comma-separated, empty: not given).
// Errors: kInvalidArgument for a name that is no member of a sighting.
Result<SightingFields> ParseSightingFields(std::string_view include, std::string_view fields);

// Writes the sighting as one JSON object, members without a value left out.
void WriteSighting(JsonWriter& json, const StoredSighting& stored, const SightingFields& fields);

// The members of the object alone, for a caller that opened it.
void WriteSightingMembers(JsonWriter& json, const StoredSighting& stored,
                          const SightingFields& fields);

// The member "match" of a sighting that was found by plate_like: `probability` in [0, 1] that the
// reading is of the plate asked for, and how many characters differ.
void WriteMatchMember(JsonWriter& json, double probability, int differences,
                      const SightingFields& fields);

// The sighting as a client would send it (POST /v1/sightings): what the simulator, benches and
// importers write. Vectors are included.
void WriteIncomingSighting(JsonWriter& json, const Sighting& sighting);

}  // namespace sightline::api
