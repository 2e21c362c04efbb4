#include "bench/appearance/our_entrants.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "index/neighbour_graph.h"

namespace sightline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

class BitFilter final : public index::NodeFilter {
 public:
  explicit BitFilter(const GridFilter& filter) : filter_(filter) {}

  void Test(std::span<const uint32_t> nodes, uint8_t* passes) const override {
    for (size_t i = 0; i < nodes.size(); ++i) {
      passes[i] = filter_.Passes(nodes[i]) ? 1 : 0;
    }
  }

 private:
  const GridFilter& filter_;
};

class GraphEntrant final : public Entrant {
 public:
  GraphEntrant(const DataSet& data, index::Mapping file,
               std::shared_ptr<const index::NeighbourGraph> graph)
      : space_(data.space()),
        vectors_{.space = &space_, .bytes = data.vectors()},
        kernels_(index::DistanceKernels::Of(space_)),
        file_(std::move(file)),
        graph_(std::move(graph)) {}

  std::string name() const override { return "Sightline graph"; }
  std::vector<int> Efforts() const override { return GraphEfforts(); }
  void SetEffort(int effort) override { effort_ = static_cast<size_t>(effort); }

  void Search(std::string_view query, size_t k, const GridFilter* filter,
              std::vector<uint32_t>& rows) override {
    index::WalkOptions options{.k = k, .ef = std::max(k, effort_)};
    std::optional<BitFilter> passes;
    if (filter != nullptr) {
      options.filter = &passes.emplace(*filter);
      options.pass_share =
          std::max<double>(1, filter->passes) / vectors_.size();
    }
    const index::Walk walk =
        index::WalkGraph(*graph_, vectors_, kernels_.Prepare(query), options, {}).value();
    rows.clear();
    for (const index::NearNode& near : walk.nearest) rows.push_back(near.node);
  }

 private:
  VectorSpace space_;
  index::VectorArray vectors_;
  const index::DistanceKernels& kernels_;
  index::Mapping file_;
  std::shared_ptr<const index::NeighbourGraph> graph_;
  size_t effort_ = 64;
};

class IndexEntrant final : public Entrant {
 public:
  IndexEntrant(const DataSet& data, std::shared_ptr<const index::DayColumns> day, bool exact)
      : space_(data.space()), day_(std::move(day)), exact_(exact) {
    all_.as_of = data.size();
  }

  std::string name() const override { return exact_ ? "Sightline exact" : "Sightline"; }

  void Search(std::string_view query, size_t k, const GridFilter* filter,
              std::vector<uint32_t>& rows) override {
    std::vector<std::vector<uint32_t>> answers;
    Ask(std::span(&query, 1), k, filter, answers);
    rows = std::move(answers[0]);
  }

  void SearchBatch(std::span<const std::string_view> queries, size_t k,
                   std::vector<std::vector<uint32_t>>& rows) override {
    Ask(queries, k, nullptr, rows);
  }

 private:
  void Ask(std::span<const std::string_view> queries, size_t k, const GridFilter* filter,
           std::vector<std::vector<uint32_t>>& rows) const {
    index::NearestQuery nearest{.space = space_, .vectors = {}, .k = k, .exact = exact_};
    for (const std::string_view query : queries) nearest.vectors.emplace_back(query);
    index::NearestCost cost;
    const auto answers =
        day_->Nearest(nearest, filter == nullptr ? all_ : filter->columns, cost, {}).value();
    rows.resize(answers.size());
    for (size_t i = 0; i < answers.size(); ++i) {
      rows[i].clear();
      for (const index::NearRow& near : answers[i]) {
        rows[i].push_back(static_cast<uint32_t>(near.version - 1));
      }
    }
  }

  VectorSpace space_;
  std::shared_ptr<const index::DayColumns> day_;
  bool exact_;
  index::ColumnQuery all_;
};

}  // namespace

Result<Built> MakeOurGraph(const DataSet& data, int threads, bool rebuild) {
  const auto path = data.folder() / "graph";
  Built built;
  if (rebuild || !std::filesystem::exists(path)) {
    const auto start = SteadyClock::now();
    const VectorSpace space = data.space();
    SIGHTLINE_ASSIGN(auto output, index::FileOutput::Create(path));
    index::SegmentWriter writer(*output);
    SIGHTLINE_RETURN_IF_ERROR(index::WriteGraph({.space = &space, .bytes = data.vectors()},
                                                {.threads = threads}, writer, {}));
    SIGHTLINE_RETURN_IF_ERROR(writer.Finish());
    SIGHTLINE_RETURN_IF_ERROR(output->Publish());
    built.seconds = SecondsSince(start);
  }
  SIGHTLINE_ASSIGN(auto file, index::Mapping::OfFile(path));
  SIGHTLINE_ASSIGN(const auto sections, index::Sections::Parse(file.bytes(), true));
  SIGHTLINE_ASSIGN(auto graph, index::NeighbourGraph::Parse(sections, data.size()));
  built.entrant = std::make_unique<GraphEntrant>(data, std::move(file), std::move(graph));
  return built;
}

OurIndex::OurIndex(const DataSet& data)
    : data_(data),
      feed_(data, data.folder() / "index"),
      index_(index::ColumnIndex::Create(feed_, {})) {}

Result<OurIndex::BuildTimes> OurIndex::Build(int threads) {
  constexpr uint64_t kStep = 262'144;
  BuildTimes times;
  if (feed_.sealed_to() < data_.size()) {
    const auto start = SteadyClock::now();
    for (uint64_t end = feed_.sealed_to(); end < data_.size();) {
      end = std::min<uint64_t>(end + kStep, data_.size());
      feed_.SetLogEnd(end);
      for (bool wrote = true; wrote;) {
        SIGHTLINE_ASSIGN(wrote, index_->SealOnce(DataFeed::kDay, {}, end == data_.size(), {}));
      }
    }
    times.seal_seconds = SecondsSince(start);
  }
  const auto start = SteadyClock::now();
  bool built = false;
  for (bool more = true; more;) {
    SIGHTLINE_ASSIGN(more, index_->BuildGraphOnce(DataFeed::kDay, {}, true, threads, {}, {}));
    built = built || more;
  }
  if (built) times.graph_seconds = SecondsSince(start);
  return times;
}

Result<std::shared_ptr<const index::DayColumns>> OurIndex::Open() {
  if (feed_.sealed_to() < data_.size()) return NotFound("the index is not built yet");
  return index_->Open(DataFeed::kDay, {});
}

Result<std::unique_ptr<Entrant>> OurIndex::Searched(bool exact) {
  SIGHTLINE_ASSIGN(auto day, Open());
  return std::make_unique<IndexEntrant>(data_, std::move(day), exact);
}

index::ColumnIndex::DayStats OurIndex::Stats() const {
  const auto days = index_->GetStats();
  return days.empty() ? index::ColumnIndex::DayStats{} : days.front();
}

}  // namespace sightline::bench
