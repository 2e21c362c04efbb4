// Keeps what is known of the spaces' distances up with what is stored.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "core/cancellation.h"
#include "core/clock.h"
#include "core/error.h"
#include "query/similarity_source.h"
#include "storage/store.h"

namespace sightline::server {

// Operation: starts with what was learned and saved before. LearnIfDue learns the curve of each
// space anew, saves it and puts it in force: a period after the last time where anything came
// since, and at once where twice as much is stored as then, so that a first import does not wait for
// its turn.
// A space with too few readings keeps the model that it has.
//
// Concurrency: models() is thread-safe; LearnIfDue runs on one thread at a time, Stop beside it.
class SimilarityLearning {
 public:
  // `store` and `clock` outlive the object. What was saved and cannot be read is logged and learned
  // again. Errors: the store's.
  static Result<std::unique_ptr<SimilarityLearning>> Open(storage::Store& store, const Clock& clock,
                                                          std::chrono::milliseconds period);

  query::SimilaritySource& models() { return models_; }

  // Cheap where nothing is due. Logs what it could not do; a later call tries again.
  void LearnIfDue();

  // Cuts LearnIfDue short, now and later.
  void Stop() { cancellation_.Cancel(); }

 private:
  SimilarityLearning(storage::Store& store, const Clock& clock, std::chrono::milliseconds period);

  bool IsDue(Sequence as_of) const;
  Status Learn();

  storage::Store& store_;
  const Clock& clock_;
  const std::chrono::milliseconds period_;
  query::SimilaritySource models_;
  Cancellation cancellation_;
  // Of the thread that learns: the last try.
  std::optional<TimestampMs> tried_;
  Sequence tried_as_of_ = 0;
};

}  // namespace sightline::server
