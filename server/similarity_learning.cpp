#include "server/similarity_learning.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "query/learn_similarity.h"

namespace sightline::server {
namespace {

// A learning that takes longer is given up, and begins anew the next time.
constexpr std::chrono::minutes kLongest{1};

}  // namespace

Result<std::unique_ptr<SimilarityLearning>> SimilarityLearning::Open(
    storage::Store& store, const Clock& clock, std::chrono::milliseconds period) {
  std::unique_ptr<SimilarityLearning> learning(new SimilarityLearning(store, clock, period));
  auto saved = query::LoadSimilarity(store);
  if (!saved) {
    if (saved.error().code != ErrorCode::kCorruption) return saved.error();
    Log(LogLevel::kWarning, "similarity.not_read", {{"reason", saved.error().message}});
    return learning;
  }
  for (auto& [space, model] : *saved) {
    if (model->basis()) {
      learning->tried_as_of_ = std::max(learning->tried_as_of_, model->basis()->learned_as_of);
      learning->tried_ = std::max(learning->tried_.value_or(kMinTimestamp),
                                  model->basis()->learned_at);
    }
    learning->models_.Replace(space, std::move(model));
  }
  return learning;
}

SimilarityLearning::SimilarityLearning(storage::Store& store, const Clock& clock,
                                       std::chrono::milliseconds period)
    : store_(store), clock_(clock), period_(period) {}

bool SimilarityLearning::IsDue(Sequence as_of) const {
  if (as_of == tried_as_of_) return false;
  if (!tried_ || as_of / 2 >= tried_as_of_) return true;
  const int64_t passed = clock_.Now() - *tried_;
  return passed < 0 || passed >= period_.count();  // the clock may have been set back
}

void SimilarityLearning::LearnIfDue() {
  const Sequence as_of = store_.VisibleSequence();
  if (!IsDue(as_of)) return;
  const Status learned = Learn();
  tried_ = clock_.Now();
  tried_as_of_ = as_of;
  if (learned || learned.error().code == ErrorCode::kCancelled) return;
  Log(LogLevel::kWarning, "similarity.failed", {{"reason", learned.error().message}});
}

Status SimilarityLearning::Learn() {
  const Cancellation bounded =
      cancellation_.WithDeadline(std::chrono::steady_clock::now() + kLongest);
  for (const VectorSpace& space : store_.Spaces()) {
    SIGHTLINE_RETURN_IF_ERROR(bounded.Check());
    SIGHTLINE_ASSIGN(const auto model,
                     query::LearnSimilarity(store_, space, clock_.Now(), {}, bounded));
    if (model == nullptr) continue;
    SIGHTLINE_RETURN_IF_ERROR(query::SaveSimilarity(store_, space.name, *model));
    Log(LogLevel::kInfo, "similarity.learned",
        {{"space", space.name},
         {"plates", model->basis()->plates},
         {"same_pairs", model->basis()->same_pairs},
         {"other_pairs", model->basis()->other_pairs}});
    models_.Replace(space.name, model);
  }
  return Ok();
}

}  // namespace sightline::server
