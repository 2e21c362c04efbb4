// How a learned model is kept: lines of words, the first of which says what the line holds.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>

#include "query/learn_similarity.h"

namespace sightline::query {
namespace {

constexpr std::string_view kTable = "similarity";
constexpr std::string_view kHead = "similarity 1";

std::string Format(const SimilarityModel& model) {
  const SimilarityBasis basis = model.basis().value_or(SimilarityBasis());
  std::string text = fmt::format("{}\npairs {} {} {}\nlearned {} {}\n", kHead, basis.plates,
                                 basis.same_pairs, basis.other_pairs, basis.learned_at.value,
                                 basis.learned_as_of);
  for (const SimilarityKnot& knot : model.knots()) {
    fmt::format_to(std::back_inserter(text), "knot {} {}\n", knot.distance, knot.log_odds);
  }
  return text;
}

// Takes the next word, up to `end`, off the text.
std::string_view TakeUntil(std::string_view& text, char end) {
  const size_t size = std::min(text.find(end), text.size());
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return word;
}

template <typename Number>
bool TakeNumber(std::string_view& line, Number& number) {
  const std::string_view word = TakeUntil(line, ' ');
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

bool TakeKnot(std::string_view line, std::vector<SimilarityKnot>& knots) {
  SimilarityKnot knot;
  if (!TakeNumber(line, knot.distance) || !TakeNumber(line, knot.log_odds) || !line.empty() ||
      !std::isfinite(knot.distance) || !std::isfinite(knot.log_odds)) {
    return false;
  }
  if (!knots.empty() && (knot.distance <= knots.back().distance ||
                         knot.log_odds > knots.back().log_odds)) {
    return false;
  }
  knots.push_back(knot);
  return true;
}

std::shared_ptr<const SimilarityModel> Parse(std::string_view text) {
  if (TakeUntil(text, '\n') != kHead) return nullptr;
  SimilarityBasis basis;
  std::vector<SimilarityKnot> knots;
  while (!text.empty()) {
    std::string_view line = TakeUntil(text, '\n');
    const std::string_view what = TakeUntil(line, ' ');
    bool parsed = false;
    if (what == "pairs") {
      parsed = TakeNumber(line, basis.plates) && TakeNumber(line, basis.same_pairs) &&
               TakeNumber(line, basis.other_pairs);
    } else if (what == "learned") {
      parsed = TakeNumber(line, basis.learned_at.value) && TakeNumber(line, basis.learned_as_of);
    } else if (what == "knot") {
      parsed = TakeKnot(line, knots);
    }
    if (!parsed) return nullptr;
  }
  if (knots.empty()) return nullptr;
  return std::make_shared<const SimilarityModel>(std::move(knots), basis);
}

}  // namespace

Status SaveSimilarity(storage::Store& store, const std::string& space,
                      const SimilarityModel& model) {
  return store.PutEntry(kTable, space, Format(model));
}

Result<std::map<std::string, std::shared_ptr<const SimilarityModel>>> LoadSimilarity(
    const storage::Store& store) {
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(kTable));
  std::map<std::string, std::shared_ptr<const SimilarityModel>> models;
  for (const auto& [space, text] : entries) {
    std::shared_ptr<const SimilarityModel> model = Parse(text);
    if (model == nullptr) {
      return Error{ErrorCode::kCorruption,
                   "the similarity model of the space " + space + " in the catalog does not parse",
                   {}};
    }
    models.emplace(space, std::move(model));
  }
  return models;
}

}  // namespace sightline::query
