// What the server answers, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline::client {

// One element of a body that the server refused, and why.
struct RowError {
  uint64_t line = 0;   // NDJSON: line of the body from 1; array: element from 1
  std::string detail;  // for a person
  std::string field;   // JSON pointer into the element; may be empty

  bool operator==(const RowError&) const = default;
};

// POST /v1/cameras.
struct CameraOutcome {
  uint64_t created = 0;
  uint64_t replaced = 0;
  uint64_t rejected = 0;
  std::vector<RowError> errors;
};

// POST /v1/sightings. What is counted as accepted survives a power cut. `errors` holds the first
// 1,000 of `rejected`, by line.
struct UploadOutcome {
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  uint64_t rejected = 0;
  std::vector<RowError> errors;
};

struct CameraInfo {
  Camera camera;
  bool retired = false;
};

// Every list below bears `json`, the answer as it came. An empty `next_page_token` is the last
// page.

struct CameraList {
  std::vector<CameraInfo> cameras;
  std::string json;
};

// How a reading fits the plate that was asked for by plate_like.
struct PlateMatch {
  double probability = 0;  // [0, 1] that the reading is of that plate
  int differences = 0;     // characters inserted, lost or changed
};

// `sequence` is not on the wire and stays 0; `corrected` is 1 for a corrected one.
struct FoundSighting : StoredSighting {
  std::optional<PlateMatch> match;
};

struct SightingPage {
  std::vector<FoundSighting> sightings;
  std::string next_page_token;
  Sequence as_of = 0;
  std::string json;
};

struct SightingAnswer {
  StoredSighting sighting;
  std::string json;
};

// Whether the vehicle of the example could have been at the match too.
struct TravelInfo {
  bool possible = true;
  std::optional<double> distance_m;    // none: a place is not known
  double gap_s = 0;
  std::optional<double> required_kmh;  // none: at one moment, or a place is not known
  std::string reason;                  // for a person
};

// `sighting.sequence` is not on the wire and stays 0.
struct ImageMatch {
  double distance = 0;    // the metric's own
  double similarity = 0;  // [0, 1]
  StoredSighting sighting;
  uint64_t others = 0;  // grouped: sightings of the plate beside this one
  std::optional<TravelInfo> travel;
};

// POST /v1/search/image.
struct ImagePage {
  std::vector<ImageMatch> matches;
  std::string space;
  std::string next_page_token;
  Sequence as_of = 0;
  std::string json;  // empty for a page of a batch
};

struct PlateInfo {
  std::string plate;
  TimestampMs first_seen;
  TimestampMs last_seen;
  uint64_t count = 0;
  std::optional<PlateMatch> match;
};

struct PlatePage {
  std::vector<PlateInfo> plates;
  std::string next_page_token;
  Sequence as_of = 0;
  std::string json;
};

// GET /v1/plates/{plate}/trajectory, whole and in memory.
struct TrajectoryAnswer {
  struct Point {
    StoredSighting sighting;
    uint64_t trip = 0;
  };
  struct Trip {  // of two or more readings that have a place
    uint64_t number = 0;
    TimestampMs from;
    TimestampMs to;
    Meters length;
  };
  std::vector<Point> points;
  std::vector<Trip> trips;
};

struct CorrectionInfo {
  std::string sighting_id;
  std::string camera_id;
  TimestampMs time;       // of the sighting
  TimestampMs corrected;  // when
  std::string by;
  std::string note;
  bool names_plate = false;  // else the plate was left as it is
  std::string plate_before;  // empty: unread
  std::string plate;         // empty: unread
  std::string attributes_before;  // JSON objects; empty: none were corrected
  std::string attributes;
};

struct CorrectionPage {
  std::vector<CorrectionInfo> corrections;
  std::string next_page_token;
  Sequence as_of = 0;
  std::string json;
};

struct TokenInfo {
  std::string id;
  std::string name;
  std::vector<std::string> roles;
  std::optional<TimestampMs> created;
  std::optional<TimestampMs> expires;
  std::string standing_purpose;
  std::string secret;  // only in the answer that made the token; the server cannot show it again
};

struct TokenAnswer {
  TokenInfo token;
  std::string json;
};

struct TokenList {
  std::vector<TokenInfo> tokens;
  std::string json;
};

}  // namespace sightline::client
