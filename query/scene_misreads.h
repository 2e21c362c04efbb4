// Which strings that were read at scenes are misreads of other plates that were there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/misread_looks.h"

namespace sightline::query {

// A string that was read at one scene at least.
struct ScenePlate {
  std::string_view plate;
  std::vector<uint32_t> visits;  // where, ascending
  std::vector<Looks> looks;      // of one reading at each of them
};

struct SceneMisread {
  uint32_t read = 0;              // index of a ScenePlate
  uint32_t truth = 0;             // likewise; never a misread itself
  size_t readings = 0;            // of the string, as readings_of counts
  size_t truth_readings = 0;
  std::vector<Attribute> agreed;  // what both look like; never empty
};

struct SceneMisreads {
  std::vector<SceneMisread> misreads;  // one of a string at most; by `truth`, then `read`
  // By scene: the chance that a plate is taken for present there because of a stranger's string.
  std::vector<double> chances;
};

// A string counts as a misread of another where it is one character (lost, added or changed) apart
// from it, was read kMaxMisreadReadings times at most and not more often than that one, at a scene
// where that one was not, and looks like a reading of it in every attribute that both have, one at
// least. Of several such plates the one read most often is it. Strings of less than four characters
// are left alone, and those that were at `min_visits` scenes themselves.
//
// Chances: pairs that fulfil all of this but look different are of two vehicles; as many pairs of
// strangers look alike as D a / (1 - a), D being their number and a the share of any two plates that
// agree. Spread over all plates that is the chance that one has such a stranger at the scene.
//
// `readings_of`: how often a string was read, at the scenes and around them; asked of strings that
// are near others alone. `plates` in byte order, distinct. Deterministic. Memory: about 150 bytes a
// plate. Errors: those of readings_of, and `cancellation`'s.
Result<SceneMisreads> FindSceneMisreads(
    std::span<const ScenePlate> plates, uint32_t scenes, uint32_t min_visits,
    const std::function<Result<size_t>(std::string_view plate)>& readings_of,
    const Cancellation& cancellation);

}  // namespace sightline::query
