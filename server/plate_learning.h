// Keeps what is known of the cameras' misreading up with what they read.
#pragma once

#include <memory>
#include <string>

#include "core/cancellation.h"
#include "core/error.h"
#include "query/plate_reading_data.h"
#include "query/plate_reading_model_source.h"
#include "storage/store.h"

namespace sightline::server {

// Operation: starts with what was learned and saved before, on top of the assumptions. Each
// LearnOnce, if anything came since the last one, learns anew from all that is stored, saves what it
// learned, and puts the new model in force; questions that are under way keep theirs.
//
// Concurrency: models() is thread-safe; LearnOnce runs on one thread at a time, Stop beside it.
class PlateLearning {
 public:
  // `prior_file`: assumptions in the form of docs/plate-likeness.md; empty: those that the program
  // was built with. `store` outlives the object.
  // Errors: kInvalidArgument naming file, line and column; the store's.
  static Result<std::unique_ptr<PlateLearning>> Open(storage::Store& store,
                                                     const std::string& prior_file);

  query::PlateReadingModelSource& models() { return models_; }

  // Logs what it could not do; the next call tries again.
  void LearnOnce();

  // Cuts LearnOnce short, now and later.
  void Stop() { cancellation_.Cancel(); }

 private:
  PlateLearning(storage::Store& store, query::PlateReadingData data);
  Status Learn();

  storage::Store& store_;
  query::PlateReadingData data_;  // of the thread that learns
  query::PlateReadingModelSource models_;
  Cancellation cancellation_;
};

}  // namespace sightline::server
