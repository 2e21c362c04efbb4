// Random image searches against brute force: every sighting that passes Matches, sorted by distance
// and id. Vectors are drawn from few, so that equal distances are common. Sightings go on arriving
// between the pages, some are corrected, and the columns beside the store are sealed now and then.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "query/image_search.h"
#include "query/sighting_search.h"
#include "tests/model/model_fixture.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {

// Names the rows that differ.
void PrintTo(const ImageMatch& match, std::ostream* out) {
  *out << match.distance << " " << match.sighting.id.ToString() << " "
       << match.sighting.sighting.plate << " and " << match.others;
}

bool operator==(const ImageMatch& a, const ImageMatch& b) {
  return a.distance == b.distance && a.sighting == b.sighting && a.others == b.others;
}

namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::RandomSightings;
using testing::StoreKind;

// Spaces whose distances are exact whichever way they are computed.
const VectorSpace kProducts{.name = "products",
                            .bytes = 128,
                            .element = VectorElement::kI8,
                            .metric = VectorMetric::kInnerProduct};

class ImageModelTest : public testing::ModelFixture {
 protected:
  ImageModelTest() { store_.PutSpace(kProducts).value(); }

  // One of a few shapes, changed in a component or two.
  std::string SomeVector(size_t bytes) {
    std::string vector(bytes, static_cast<char>(10 * Below(6)));
    vector[0] = static_cast<char>(Below(3));
    vector[bytes - 1] = static_cast<char>(Below(3));
    return vector;
  }

  void AddSome(int count) {
    std::vector<Sighting> sightings;
    for (int i = 0; i < count; ++i) {
      Sighting sighting = SomeSighting();
      if (OneIn(2)) sighting.vectors.push_back({"detail", SomeVector(512)});
      if (OneIn(2)) sighting.vectors.push_back({"products", SomeVector(128)});
      // Storage takes what it is given; what is no vector of the space is never compared.
      if (!OneIn(8)) sighting.vectors.push_back({"vehicle", SomeVector(OneIn(50) ? 127 : 128)});
      sightings.push_back(std::move(sighting));
    }
    filled_.Add(sightings);
  }

  // What may happen while a question is being answered.
  void Disturb() {
    if (OneIn(4)) AddSome(1 + Below(4));
    if (OneIn(8)) CorrectOne();
    if (OneIn(20)) columns_.Seal();
  }

  const VectorSpace& SpaceOf(const std::string& name) const {
    return name == "products" ? kProducts : DefaultSpaces()[name == "vehicle" ? 1 : 0];
  }

  const std::string* VectorOf(const Sighting& sighting, const VectorSpace& space) const {
    for (const AppearanceVector& vector : sighting.vectors) {
      if (vector.space == space.name && vector.bytes.size() == space.bytes) return &vector.bytes;
    }
    return nullptr;
  }

  ImageExample SomeExample(const ImageRequest& request) {
    const VectorSpace& space = SpaceOf(request.space);
    if (OneIn(2)) {
      const Sequence as_of = request.as_of.value_or(store_.VisibleSequence());
      const std::vector<StoredSighting> rows = filled_.Accepted(as_of);
      for (int tries = 0; tries < 20 && !rows.empty(); ++tries) {
        const StoredSighting& row = rows[Below(static_cast<int>(rows.size()))];
        if (VectorOf(row.sighting, space) != nullptr) return {.sighting = row.id};
      }
    }
    return {.vector = SomeVector(space.bytes)};
  }

  ImageRequest SomeRequest(int question) {
    static const std::string kSpaces[] = {"vehicle", "vehicle", "detail", "products"};
    ImageRequest request{.space = kSpaces[Below(4)], .filter = SomeFilter(question)};
    if (OneIn(4)) request.as_of = Below(static_cast<int>(store_.VisibleSequence()) + 1);
    for (int i = OneIn(2) ? 1 : 1 + Below(4); i > 0; --i) {
      request.like.push_back(SomeExample(request));
    }
    for (int i = OneIn(2) ? 0 : Below(4); i > 0; --i) {
      request.unlike.push_back(SomeExample(request));
    }
    request.k = OneIn(5) ? kMaxMatches : 1 + Below(OneIn(2) ? 4 : 60);
    if (OneIn(3)) {
      request.max_distance = request.space == "products" ? -100.0 * Below(3000) : 10.0 * Below(60);
    }
    request.group_by_plate = OneIn(3);
    request.exact = !OneIn(4);
    return request;
  }

  std::vector<ImageMatch> BruteForce(const ImageRequest& request, Sequence as_of) const {
    const VectorSpace& space = SpaceOf(request.space);
    const std::vector<StoredSighting> rows = filled_.Accepted(as_of);
    std::set<SightingId> examples;
    const auto resolve = [&](const std::vector<ImageExample>& asked) {
      std::vector<std::string> vectors;
      for (const ImageExample& example : asked) {
        if (!example.sighting) {
          vectors.push_back(example.vector);
          continue;
        }
        examples.insert(*example.sighting);
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const StoredSighting& one) {
          return one.id == *example.sighting;
        });
        vectors.push_back(*VectorOf(row->sighting, space));
      }
      return vectors;
    };
    const std::vector<std::string> like = resolve(request.like);
    const std::vector<std::string> unlike = resolve(request.unlike);
    const auto nearest = [&](const std::vector<std::string>& to, const std::string& vector) {
      double distance = std::numeric_limits<double>::infinity();
      for (const std::string& one : to) {
        distance = std::min(distance, VectorDistance(space, one, vector));
      }
      return distance;
    };

    std::vector<ImageMatch> matches;
    std::map<std::string, uint64_t> passing;  // of a plate
    for (const StoredSighting& row : rows) {
      if (!Matches(request.filter, row.sighting) || examples.contains(row.id)) continue;
      ++passing[row.sighting.plate];
      const std::string* vector = VectorOf(row.sighting, space);
      if (vector == nullptr) continue;
      const double distance = nearest(like, *vector);
      if (request.max_distance && distance > *request.max_distance) continue;
      if (nearest(unlike, *vector) < distance) continue;
      matches.push_back({.distance = distance, .sighting = row});
    }
    std::sort(matches.begin(), matches.end(), [](const ImageMatch& a, const ImageMatch& b) {
      return std::tuple(a.distance, a.sighting.id.ToString()) <
             std::tuple(b.distance, b.sighting.id.ToString());
    });
    if (!request.group_by_plate) return matches;
    std::set<std::string> seen;
    std::erase_if(matches, [&](const ImageMatch& match) {
      const std::string& plate = match.sighting.sighting.plate;
      return !plate.empty() && !seen.insert(plate).second;
    });
    for (ImageMatch& match : matches) {
      const std::string& plate = match.sighting.sighting.plate;
      if (!plate.empty()) match.others = passing.at(plate) - 1;
    }
    return matches;
  }
};

std::vector<double> Distances(const std::vector<ImageMatch>& matches) {
  std::vector<double> distances;
  for (const ImageMatch& match : matches) distances.push_back(match.distance);
  return distances;
}

TEST_P(ImageModelTest, PagesEqualBruteForceWhileSightingsArrive) {
  AddSome(800);
  for (int i = 0; i < 30; ++i) CorrectOne();
  columns_.Seal();
  AddSome(200);
  for (int question = 0; question < 100; ++question) {
    ImageRequest request = SomeRequest(question);
    if (!request.exact) {
      // Without graphs it finds what an exact search finds, but for which of equals.
      const ImageAnswer answer = SearchImage(sources_, request, {}).value();
      std::vector<ImageMatch> expected = BruteForce(request, answer.as_of);
      ASSERT_EQ(answer.more, expected.size() > request.k) << "question " << question;
      expected.resize(answer.matches.size());
      ASSERT_EQ(Distances(answer.matches), Distances(expected)) << "question " << question;
      continue;
    }
    const ImageRequest first = request;
    std::vector<ImageMatch> matches;
    Sequence as_of = 0;
    bool more = true;
    for (int pages = 0; pages < 12 && more; ++pages) {
      const ImageAnswer answer = SearchImage(sources_, request, {}).value();
      as_of = answer.as_of;
      more = answer.more;
      ASSERT_LE(answer.matches.size(), request.k);
      matches.insert(matches.end(), answer.matches.begin(), answer.matches.end());
      ASSERT_EQ(answer.next.has_value(), more);
      ASSERT_TRUE(!more || answer.matches.size() == request.k);
      request.as_of = as_of;
      request.after = answer.next;
      request.skip = answer.next_skip;
      Disturb();
    }
    std::vector<ImageMatch> expected = BruteForce(first, as_of);
    // Small pages of a large answer are left off after a while.
    ASSERT_EQ(more, matches.size() < expected.size()) << "question " << question;
    if (more) expected.resize(matches.size());
    ASSERT_EQ(matches, expected) << "question " << question;
  }
}

TEST_P(ImageModelTest, QuestionsAskedTogetherAreAnsweredAsAlone) {
  AddSome(400);
  for (int batch = 0; batch < 10; ++batch) {
    std::vector<ImageRequest> requests;
    for (int i = 0; i < 6; ++i) {
      // Some share everything but the examples.
      requests.push_back(i == 0 || OneIn(3) ? SomeRequest(100) : requests.back());
      requests.back().exact = true;
      requests.back().like = {SomeExample(requests.back()), SomeExample(requests.back())};
    }
    const auto together = SearchImages(sources_, requests, {});
    ASSERT_EQ(together.size(), requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      ASSERT_TRUE(together[i]) << together[i].error().message;
      const ImageAnswer alone = SearchImage(sources_, requests[i], {}).value();
      EXPECT_EQ(together[i]->matches, alone.matches);
      EXPECT_EQ(together[i]->more, alone.more);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stores, ImageModelTest,
    ::testing::Values(std::tuple(StoreKind::kMemory, ColumnsKind::kNone),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kPlain),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kIndex),
                      std::tuple(StoreKind::kRocksDb, ColumnsKind::kNone),
                      std::tuple(StoreKind::kRocksDb, ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
