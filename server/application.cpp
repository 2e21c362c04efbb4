#include "server/application.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <ostream>
#include <string>
#include <utility>

#include "core/background_work.h"
#include "core/log.h"
#include "index/column_index.h"
#include "ingest/graph_builder.h"
#include "ingest/sealer.h"
#include "ingest/store_feed.h"
#include "query/travel_time_book.h"
#include "server/companion_sweep.h"
#include "server/clone_analysis.h"
#include "server/clone_sweep.h"
#include "server/conflict_book.h"
#include "server/console/console.h"
#include "server/file_limit.h"
#include "server/habits_search.h"
#include "server/handlers/endpoint.h"
#include "server/index_rebuild.h"
#include "server/job_book.h"
#include "server/live_conflicts.h"
#include "server/owner_token.h"
#include "server/plate_learning.h"
#include "server/recall_sampler.h"
#include "server/services.h"
#include "server/similarity_learning.h"
#include "server/sweep_ledger.h"
#include "server/version.h"

namespace sightline::server {
namespace {

constexpr std::chrono::hours kRetentionPeriod{1};
constexpr std::chrono::minutes kDiskSamplePeriod{5};
// How often it is looked whether similarities are to be learned.
constexpr std::chrono::minutes kSimilarityLookPeriod{1};
// How often it is looked whether travel times of a day are to be learned.
constexpr std::chrono::minutes kTravelLookPeriod{1};
// It reads a whole day: questions and writers go first.
constexpr int kLearningNice = 10;

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

void LogError(std::string_view event, const Error& error) {
  Log(LogLevel::kError, event, {{"code", ErrorCodeName(error.code)}, {"reason", error.message}});
}

Status ApplyLogLevel(const Config& config) {
  SIGHTLINE_ASSIGN(const LogLevel level, ParseLogLevel(config.log_level));
  SetLogLevel(level);
  return Ok();
}

void ApplyRetention(storage::Store& store, index::ColumnIndex& columns) {
  const Result<std::vector<Day>> deleted = store.ApplyRetention();
  if (!deleted) {
    LogError("retention.failed", deleted.error());
    return;
  }
  for (const Day day : *deleted) {
    columns.Forget(day);
    Log(LogLevel::kInfo, "retention.deleted", {{"day", FormatDay(day)}});
  }
}

void LearnTravelTimes(query::TravelTimeBook& travel_times, const Cancellation& cancellation) {
  const Result<size_t> learned = travel_times.LearnDue(cancellation);
  if (!learned && learned.error().code != ErrorCode::kCancelled) {
    LogError("travel_times.failed", learned.error());
  }
}

// A day whose columns are ready is held open: more of them than days may be open would defeat that
// limit.
index::ColumnIndexOptions IndexOptions(const Config& config) {
  index::ColumnIndexOptions options = config.index;
  options.max_ready_days = config.store.max_open_days;
  return options;
}

void SampleDisk(const storage::Store& store, const Clock& clock, DiskForecast& forecast) {
  const Result<storage::Store::Stats> stats = store.GetStats();
  if (stats) {
    forecast.AddSample(clock.Now(), stats->disk_bytes);
  } else {
    LogError("disk.sample_failed", stats.error());
  }
}

// Null where it is not served.
Result<std::unique_ptr<Console>> OpenConsole(const Config& config) {
  if (!config.console.is_served()) return nullptr;
  std::error_code ignored;  // no program then, and no console beside it
  return Console::Open(config.console, std::filesystem::read_symlink("/proc/self/exe", ignored),
                       config.time_zone);
}

// The method as a label: clients choose the text, so that only known ones may become series.
std::string_view MethodLabel(std::string_view method) {
  constexpr std::array<std::string_view, 8> kMethods = {"GET",   "HEAD",   "POST",    "PUT",
                                                        "PATCH", "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(kMethods, method) != kMethods.end() ? method : "other";
}

void ObserveExchange(Metrics& metrics, const CompletedExchange& completed) {
  const std::string_view route =
      completed.route != nullptr ? std::string_view(completed.route->path) : std::string_view();
  metrics.ObserveRequest(MethodLabel(completed.request.method), route, completed.status,
                         completed.seconds, completed.bytes_in, completed.bytes_out);
  // Neither the path nor its parameters: they hold plates.
  Log(LogLevel::kDebug, "http.request",
      {{"request_id", completed.request.request_id},
       {"method", MethodLabel(completed.request.method)},
       {"route", route},
       {"status", completed.status},
       {"seconds", completed.seconds},
       {"token", completed.caller != nullptr ? std::string_view(completed.caller->token->id)
                                             : std::string_view()}});
}

}  // namespace

// Members in the order in which they are built; they are torn down in the reverse one.
class Application::Impl {
 public:
  Impl(Config config, const Clock& clock, std::unique_ptr<storage::Store> store,
       std::unique_ptr<Auth> auth, std::unique_ptr<CaseBook> cases,
       std::unique_ptr<JobBook> jobs, std::unique_ptr<PlateLearning> plate_learning,
       std::unique_ptr<SimilarityLearning> similarity_learning,
       std::unique_ptr<ConflictBook> conflicts, std::unique_ptr<SweepLedger> sweeps,
       std::unique_ptr<Console> console)
      : config_(std::move(config)),
        clock_(clock),
        started_(clock.Now()),
        store_(std::move(store)),
        auth_(std::move(auth)),
        cases_(std::move(cases)),
        jobs_(std::move(jobs)),
        plate_learning_(std::move(plate_learning)),
        similarity_learning_(std::move(similarity_learning)),
        conflicts_(std::move(conflicts)),
        sweeps_(std::move(sweeps)),
        console_(std::move(console)),
        metrics_(started_),
        feed_(*store_),
        columns_(index::ColumnIndex::Create(feed_, IndexOptions(config_))),
        travel_times_(std::make_unique<query::TravelTimeBook>(
            query::Sources{.store = *store_, .columns = columns_.get()}, clock_,
            config_.travel)),
        clone_analysis_(MakeCloneAnalysis(*store_, *columns_, plate_learning_->models(),
                                          *travel_times_)),
        live_conflicts_(std::make_unique<LiveConflicts>(*store_, *clone_analysis_, *conflicts_,
                                                        *sweeps_, config_.live_check)),
        sealer_(std::make_unique<ingest::Sealer>(*store_, *columns_, clock_, config_.sealer)),
        audit_(std::make_unique<AuditLog>(*store_)),
        sighting_parsers_(config_.sighting, [this] { return store_->Spaces(); }),
        ingestor_(std::make_unique<ingest::Ingestor>(
            *store_, clock, config_.ingest,
            [this](std::span<ingest::CommittedReading> readings) {
              live_conflicts_->Offer(readings);
            })),
        workers_(config_.query_threads, config_.max_queued_requests),
        graphs_(std::make_unique<ingest::GraphBuilder>(
            *store_, *columns_, clock_, config_.graphs, [this] { return workers_.queued() > 0; })),
        recall_sampler_(
            config_.recall,
            [this](const query::ImageRequest& request, const Cancellation& cancellation) {
              return query::SearchImage(
                  services_.QuestionSources(plate_learning_->models().Current()), request,
                  cancellation);
            },
            [this] { return workers_.queued() >= config_.query_threads; },
            [this](std::string_view space, double recall) {
              metrics_.image_searches().ObserveRecall(space, recall);
            }),
        services_{.config = config_,
                  .clock = clock_,
                  .store = *store_,
                  .columns = *columns_,
                  .sealer = *sealer_,
                  .graphs = *graphs_,
                  .reading_models = plate_learning_->models(),
                  .similarities = similarity_learning_->models(),
                  .travel_times = *travel_times_,
                  .conflicts = *conflicts_,
                  .sweeps = *sweeps_,
                  .live_conflicts = *live_conflicts_,
                  .ingestor = *ingestor_,
                  .workers = workers_,
                  .auth = *auth_,
                  .audit = *audit_,
                  .cases = *cases_,
                  .jobs = *jobs_,
                  .metrics = metrics_,
                  .recall_sampler = recall_sampler_,
                  .sighting_parsers = sighting_parsers_,
                  .disk_forecast = disk_forecast_,
                  .stopping = stopping_,
                  .started = started_},
        http_(config_.http, Routes(),
              {.on_complete = [this](const CompletedExchange& completed) {
                ObserveExchange(metrics_, completed);
              }}) {
    services_.http = &http_;
  }

  // An owner token is made known only once the address is ours: a start that fails on it can be
  // tried again as the first.
  Status Open(std::ostream& out) {
    SIGHTLINE_RETURN_IF_ERROR(travel_times_->Load());
    SIGHTLINE_ASSIGN(const uint16_t port, http_.Bind());
    const std::string& listen = config_.http.listen;
    url_ = (config_.http.tls_certificate_file.empty() ? "http://" : "https://") +
           listen.substr(0, listen.rfind(':') + 1) + std::to_string(port);
    SIGHTLINE_RETURN_IF_ERROR(EnsureOwnerToken(*auth_, config_.admin_token_file, out));
    http_.Serve();
    LogStart();
    if (console_ != nullptr) console_->LogState();
    jobs_->Start({{std::string(kIndexRebuild),
                   [this](JobRun& run) { return RebuildIndex(*store_, *columns_, run); }},
                  {std::string(kCompanionGroups), [this](JobRun& run) {
                     return SweepCompanions(
                         services_.QuestionSources(services_.reading_models.Current()),
                         *travel_times_, run);
                   }},
                  {std::string(kHabitsJob), [this](JobRun& run) {
                     return SearchHabits(
                         services_.QuestionSources(services_.reading_models.Current()), run);
                   }},
                  {std::string(kCloneSweep), [this](JobRun& run) {
                     return CloneSweep(*store_, clock_, *clone_analysis_, *conflicts_, *sweeps_,
                                       config_.clone_sweep)
                         .Run(run);
                   }}});
    // Their first runs may be long, and nobody waits for them.
    const auto again_and_again = [](std::chrono::milliseconds period, std::function<void()> work) {
      return std::make_unique<BackgroundWork>(
          BackgroundOptions{.period = period, .at_once = true}, std::move(work));
    };
    retention_ = again_and_again(kRetentionPeriod, [this] { ApplyRetention(*store_, *columns_); });
    disk_samples_ = again_and_again(
        kDiskSamplePeriod, [this] { SampleDisk(*store_, clock_, disk_forecast_); });
    learning_ = again_and_again(Milliseconds(config_.plate_learning_period_s),
                                [this] { plate_learning_->LearnOnce(); });
    similarities_ = again_and_again(kSimilarityLookPeriod,
                                    [this] { similarity_learning_->LearnIfDue(); });
    travel_learning_ = std::make_unique<BackgroundWork>(
        BackgroundOptions{.period = kTravelLookPeriod, .at_once = true, .nice = kLearningNice},
        [this] { LearnTravelTimes(*travel_times_, travel_cancellation_); });
    return Ok();
  }

  Status Stop() {
    if (stopping_.exchange(true)) return Ok();
    Log(LogLevel::kInfo, "server.stopping", {{"requests", http_.running_exchanges()}});
    retention_.reset();
    disk_samples_.reset();
    jobs_->Stop();
    recall_sampler_.Stop();
    plate_learning_->Stop();
    similarity_learning_->Stop();
    travel_cancellation_.Cancel();
    travel_learning_.reset();
    learning_.reset();
    similarities_.reset();
    http_.Shutdown(Milliseconds(config_.shutdown_grace_s));
    workers_.Join();
    ingestor_.reset();
    live_conflicts_.reset();
    graphs_.reset();
    sealer_.reset();
    columns_.reset();  // it holds days open
    audit_.reset();
    const Status closed = store_->Close();
    Log(LogLevel::kInfo, "server.stopped", {{"clean", closed.has_value()}});
    return closed;
  }

  const std::string& url() const { return url_; }

 private:
  Router Routes() {
    Router router = MakeRouter(services_);
    if (console_ != nullptr) console_->AddRoutes(router);
    return router;
  }

  void LogStart() {
    const int retention_days = config_.store.retention_days;
    Log(LogLevel::kInfo, "server.started",
        {{"version", kVersion},
         {"url", url_},
         {"data", config_.data},
         {"tls", !config_.http.tls_certificate_file.empty()},
         {"retention", retention_days > 0 ? std::to_string(retention_days) + " days" : "off"},
         {"days", store_->Days().size()}});
  }

  const Config config_;
  const Clock& clock_;
  const TimestampMs started_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Auth> auth_;
  std::unique_ptr<CaseBook> cases_;
  std::unique_ptr<JobBook> jobs_;
  std::unique_ptr<PlateLearning> plate_learning_;
  std::unique_ptr<SimilarityLearning> similarity_learning_;
  std::unique_ptr<ConflictBook> conflicts_;
  std::unique_ptr<SweepLedger> sweeps_;
  const std::unique_ptr<Console> console_;  // null: not served
  Metrics metrics_;
  DiskForecast disk_forecast_;
  std::atomic<bool> stopping_{false};
  ingest::StoreFeed feed_;
  std::unique_ptr<index::ColumnIndex> columns_;
  std::unique_ptr<query::TravelTimeBook> travel_times_;
  std::unique_ptr<CloneAnalysis> clone_analysis_;
  std::unique_ptr<LiveConflicts> live_conflicts_;
  Cancellation travel_cancellation_;
  std::unique_ptr<ingest::Sealer> sealer_;
  std::unique_ptr<AuditLog> audit_;
  SightingParsers sighting_parsers_;
  std::unique_ptr<ingest::Ingestor> ingestor_;
  WorkerPool workers_;
  std::unique_ptr<ingest::GraphBuilder> graphs_;
  RecallSampler recall_sampler_;
  Services services_;
  HttpServer http_;
  std::unique_ptr<BackgroundWork> retention_;
  std::unique_ptr<BackgroundWork> disk_samples_;
  std::unique_ptr<BackgroundWork> learning_;
  std::unique_ptr<BackgroundWork> similarities_;
  std::unique_ptr<BackgroundWork> travel_learning_;
  std::string url_;
};

Result<std::unique_ptr<Application>> Application::Start(Config config, const Clock& clock,
                                                        std::ostream& out) {
  SIGHTLINE_RETURN_IF_ERROR(ApplyLogLevel(config));  // what opening the store logs counts, too
  SIGHTLINE_RETURN_IF_ERROR(HttpServer::Check(config.http));  // a mistake there leaves no directory
  SIGHTLINE_ASSIGN(const auto console, OpenConsole(config));  // nor there
  RaiseFileLimit();
  SIGHTLINE_ASSIGN(auto store, storage::Store::Open(config.data, config.store, clock));
  return StartWith(std::move(store), std::move(config), clock, out);
}

Result<std::unique_ptr<Application>> Application::StartWith(std::unique_ptr<storage::Store> store,
                                                            Config config, const Clock& clock,
                                                            std::ostream& out) {
  SIGHTLINE_RETURN_IF_ERROR(ApplyLogLevel(config));
  SIGHTLINE_ASSIGN(auto auth, Auth::Open(*store, clock));
  SIGHTLINE_ASSIGN(auto cases, CaseBook::Open(*store, clock));
  SIGHTLINE_ASSIGN(auto jobs, JobBook::Open(*store, clock, config.jobs));
  SIGHTLINE_ASSIGN(auto plate_learning,
                   PlateLearning::Open(*store, config.plate_reading_file));
  SIGHTLINE_ASSIGN(auto similarity_learning,
                   SimilarityLearning::Open(*store, clock,
                                            Milliseconds(config.similarity_learning_period_s)));
  SIGHTLINE_ASSIGN(auto conflicts, ConflictBook::Open(*store, clock));
  SIGHTLINE_ASSIGN(auto sweeps, SweepLedger::Open(*store));
  SIGHTLINE_ASSIGN(auto console, OpenConsole(config));
  SIGHTLINE_ASSIGN(config.travel.zone, TimeZone::Named(config.time_zone));
  auto impl = std::make_unique<Impl>(std::move(config), clock, std::move(store), std::move(auth),
                                     std::move(cases), std::move(jobs), std::move(plate_learning),
                                     std::move(similarity_learning), std::move(conflicts),
                                     std::move(sweeps), std::move(console));
  SIGHTLINE_RETURN_IF_ERROR(impl->Open(out));
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Application::~Application() {
  if (const Status stopped = Stop(); !stopped) LogError("server.stop_failed", stopped.error());
}

const std::string& Application::url() const { return impl_->url(); }

Status Application::Stop() { return impl_->Stop(); }

}  // namespace sightline::server
