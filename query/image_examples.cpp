#include "query/image_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace sightline::query {
namespace {

Status CheckMembers(const ImageRequest& request) {
  if (request.like.empty()) return InvalidArgument("at least one example is needed", "/like");
  if (request.like.size() + request.unlike.size() > kMaxExamples) {
    return InvalidArgument(
        fmt::format("like and unlike together hold {} examples at most", kMaxExamples), "/like");
  }
  if (request.k < 1 || request.k > kMaxMatches) {
    return InvalidArgument(fmt::format("k is 1 to {}", kMaxMatches), "/k");
  }
  if (request.max_distance && std::isnan(*request.max_distance)) {
    return InvalidArgument("max_distance is a number", "/max_distance");
  }
  return Ok();
}

Result<VectorSpace> FindSpace(const storage::Store& store, const std::string& name) {
  std::string known;
  for (const VectorSpace& space : store.Spaces()) {
    if (space.name == name) return space;
    known += (known.empty() ? "" : ", ") + space.name;
  }
  return InvalidArgument(fmt::format("there is no such space; there are: {}", known), "/space");
}

// Looks up one side of the question after the other.
class Resolver {
 public:
  Resolver(storage::Store& store, Sequence as_of, ImageExamples& examples)
      : store_(store), as_of_(as_of), examples_(examples) {}

  Status Resolve(const std::vector<ImageExample>& asked, std::string_view member,
                 std::vector<std::string>& vectors) {
    for (size_t i = 0; i < asked.size(); ++i) {
      const std::string field = fmt::format("{}/{}", member, i);
      if (asked[i].sighting) {
        SIGHTLINE_ASSIGN(StoredSighting sighting,
                         Find(*asked[i].sighting, field + "/sighting_id"));
        vectors.push_back(*VectorOf(sighting.sighting, examples_.space));
        examples_.sightings.push_back(std::move(sighting));
        continue;
      }
      if (const Status checked = CheckVector(examples_.space, asked[i].vector); !checked) {
        return InvalidArgument(checked.error().message, field + "/vector");
      }
      vectors.push_back(asked[i].vector);
    }
    return Ok();
  }

 private:
  // A sighting with a vector of the space.
  Result<StoredSighting> Find(const SightingId& id, const std::string& field) {
    Result<StoredSighting> found = store_.GetSighting(id, as_of_);
    if (!found) {
      Error error = found.error();
      if (error.code == ErrorCode::kNotFound) error.field = field;
      return error;
    }
    if (VectorOf(found->sighting, examples_.space) == nullptr) {
      return Error{ErrorCode::kUnacceptable,
                   fmt::format("the sighting has no vector of the space \"{}\"",
                               examples_.space.name),
                   field};
    }
    return found;
  }

  storage::Store& store_;
  const Sequence as_of_;
  ImageExamples& examples_;
};

}  // namespace

Result<ImageExamples> ResolveExamples(storage::Store& store, const ImageRequest& request,
                                      Sequence as_of) {
  SIGHTLINE_RETURN_IF_ERROR(CheckMembers(request));
  ImageExamples examples;
  SIGHTLINE_ASSIGN(examples.space, FindSpace(store, request.space));
  Resolver resolver(store, as_of, examples);
  SIGHTLINE_RETURN_IF_ERROR(resolver.Resolve(request.like, "/like", examples.like));
  if (!examples.sightings.empty()) examples.first_like = examples.sightings.front().sighting;
  SIGHTLINE_RETURN_IF_ERROR(resolver.Resolve(request.unlike, "/unlike", examples.unlike));
  return examples;
}

const std::string* VectorOf(const Sighting& sighting, const VectorSpace& space) {
  const auto found = std::lower_bound(
      sighting.vectors.begin(), sighting.vectors.end(), space.name,
      [](const AppearanceVector& vector, const std::string& name) { return vector.space < name; });
  if (found == sighting.vectors.end() || found->space != space.name ||
      !CheckVector(space, found->bytes)) {
    return nullptr;
  }
  return &found->bytes;
}

}  // namespace sightline::query
