// What handlers work with; wired once at start-up.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "core/clock.h"
#include "index/column_index.h"
#include "ingest/graph_builder.h"
#include "ingest/ingestor.h"
#include "ingest/sealer.h"
#include "query/plate_reading_model_source.h"
#include "query/similarity_source.h"
#include "query/sources.h"
#include "query/travel_times.h"
#include "server/audit_log.h"
#include "server/auth.h"
#include "server/case_book.h"
#include "server/config.h"
#include "server/conflict_book.h"
#include "server/disk_forecast.h"
#include "server/http_server.h"
#include "server/job_book.h"
#include "server/live_conflicts.h"
#include "server/metrics.h"
#include "server/recall_sampler.h"
#include "server/sighting_parsers.h"
#include "server/sweep_ledger.h"
#include "server/worker_pool.h"
#include "storage/store.h"

namespace sightline::server {

// All referred to outlive the handlers. Thread-safe as far as its members are.
struct Services {
  const Config& config;
  const Clock& clock;
  storage::Store& store;
  index::ColumnIndex& columns;
  const ingest::Sealer& sealer;
  const ingest::GraphBuilder& graphs;
  query::PlateReadingModelSource& reading_models;
  const query::SimilaritySource& similarities;
  const query::TravelTimeSource& travel_times;
  ConflictBook& conflicts;
  const SweepLedger& sweeps;
  LiveConflicts& live_conflicts;
  ingest::Ingestor& ingestor;
  WorkerPool& workers;
  Auth& auth;
  AuditLog& audit;
  CaseBook& cases;
  JobBook& jobs;
  Metrics& metrics;
  RecallSampler& recall_sampler;
  SightingParsers& sighting_parsers;  // of bodies that are short
  const DiskForecast& disk_forecast;
  const std::atomic<bool>& stopping;  // set when a shutdown has begun
  TimestampMs started;
  const HttpServer* http = nullptr;  // set before the first request

  // What a question reads from, and by which model it weighs near plates.
  query::Sources QuestionSources(std::shared_ptr<const query::PlateReadingModel> model) const {
    return {.store = store, .columns = &columns, .reading_model = std::move(model)};
  }

  // Of each image search that was answered, once.
  void ObserveImageSearch(const query::ImageRequest& request,
                          const query::ImageAnswer& answer) const {
    metrics.image_searches().Observe(request, answer);
    recall_sampler.Offer(request, answer);
  }
};

}  // namespace sightline::server
