#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>

#include "api/json_writer.h"
#include "bench/appearance/data_set.h"
#include "bench/appearance/entrants.h"
#include "bench/appearance/grid_filter.h"
#include "bench/appearance/measure.h"
#include "bench/appearance/steps.h"
#include "bench/appearance/truth.h"
#include "bench/load/http_load.h"

namespace sightline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kNeighbours = 10;
// Efforts are set on so many of a cell's questions.
constexpr size_t kTuned = 50;

struct Question {
  uint32_t query = 0;
  std::shared_ptr<const GridFilter> filter;
  std::vector<index::NearNode> truth;
};

std::vector<Question> MakeCell(const DataSet& data, const GridFilters& filters, Relation relation,
                               double share, std::span<const uint32_t> queries) {
  const ExactScan scan(data);
  std::vector<Question> cell;
  for (const uint32_t query : queries) {
    Question question{.query = query, .filter = nullptr, .truth = {}};
    // One lot for all questions.
    question.filter =
        relation == Relation::kNone && !cell.empty()
            ? cell.front().filter
            : std::make_shared<const GridFilter>(filters.Make(query, relation, share));
    question.truth = scan.NearestAmong(query, question.filter->Rows(), kNeighbours);
    cell.push_back(std::move(question));
  }
  return cell;
}

double CellRecall(const DataSet& data, Entrant& entrant, std::span<const Question> cell) {
  const RecallOf recall_of(data);
  double sum = 0;
  std::vector<uint32_t> rows;
  for (const Question& question : cell) {
    entrant.Search(data.Query(question.query), kNeighbours, question.filter.get(), rows);
    std::erase_if(rows, [&](uint32_t row) { return !question.filter->Passes(row); });
    sum += recall_of(question.query, question.truth, kNeighbours, rows);
  }
  return sum / static_cast<double>(cell.size());
}

// Milliseconds of each of the cell's questions, as many as fit into `seconds`.
std::vector<double> CellLatencies(const DataSet& data, Entrant& entrant,
                                  std::span<const Question> cell, double seconds) {
  std::vector<double> latencies;
  std::vector<uint32_t> rows;
  const auto start = SteadyClock::now();
  auto before = start;
  for (const Question& question : cell) {
    entrant.Search(data.Query(question.query), kNeighbours, question.filter.get(), rows);
    const auto after = SteadyClock::now();
    latencies.push_back(std::chrono::duration<double, std::milli>(after - before).count());
    before = after;
    if (after - start > std::chrono::duration<double>(seconds)) break;
  }
  return latencies;
}

struct Cell {
  Tuned tuned;
  std::vector<double> means;      // by round
  std::vector<double> latencies;  // of all rounds
};

void WriteCell(api::JsonWriter& out, Relation relation, double share, double passing,
               std::span<Entrant* const> entrants, const std::vector<Cell>& cells) {
  out.BeginObject();
  out.Key("relation").String(RelationName(relation)).Key("share").Double(share);
  out.Key("passing").Double(passing).Key("entrants").BeginArray();
  for (size_t i = 0; i < entrants.size(); ++i) {
    const Cell& cell = cells[i];
    if (cell.means.empty()) continue;
    out.BeginObject();
    out.Key("name").String(entrants[i]->name()).Key("effort").Int(cell.tuned.effort);
    out.Key("recall_at_10").Double(cell.tuned.recall);
    out.Key("mean_ms").Double(Median(cell.means));
    out.Key("p99_ms").Double(Quantile(cell.latencies, 0.99));
    out.EndObject();
  }
  out.EndArray().EndObject();
}

}  // namespace

Result<std::string> MeasureFilters(const StepOptions& options) {
  SIGHTLINE_ASSIGN(const DataSet data, DataSet::Open(options.data));
  if (data.about().queries_are_rows) return InvalidArgument("filters need the rows of a city");
  SIGHTLINE_ASSIGN(const auto made, Entrants::Make(data, options));
  const GridFilters filters(data);
  const auto queries = SpreadQueries(data, options.queries);
  const auto entrants = made->all();
  std::string json;
  api::JsonWriter out(json);
  out.BeginObject();
  out.Key("rows").Uint(data.size()).Key("vector_bytes").Uint(data.space().bytes);
  out.Key("target").Double(options.target).Key("cells").BeginArray();
  for (const Relation relation : {Relation::kNone, Relation::kOwn, Relation::kAgainst}) {
    for (const double share : {0.5, 0.1, 0.01, 0.001, 0.0001}) {
      const auto questions = MakeCell(data, filters, relation, share, queries);
      const auto some = std::span(questions).first(std::min(kTuned, questions.size()));
      std::vector<Cell> cells(entrants.size());
      std::vector<bool> able(entrants.size(), true);
      for (size_t i = 0; i < entrants.size(); ++i) {
        Entrant& entrant = *entrants[i];
        able[i] = entrant.Filters();
        if (!able[i]) continue;
        // The first one's recall is a result; others' merely says whether they count.
        const bool judged = i == 0 && entrant.Efforts().empty();
        try {
          cells[i].tuned = Tune(entrant, options.target, [&] {
            return CellRecall(data, entrant, judged ? std::span(questions) : some);
          });
        } catch (const std::exception&) {
          able[i] = false;  // a peer's index that takes no selector
        }
      }
      for (int round = 0; round < options.rounds; ++round) {
        for (size_t i = 0; i < entrants.size(); ++i) {
          if (!able[i]) continue;
          const auto latencies = CellLatencies(data, *entrants[i], questions, options.seconds);
          cells[i].means.push_back(Mean(latencies));
          cells[i].latencies.insert(cells[i].latencies.end(), latencies.begin(), latencies.end());
        }
      }
      double passing = 0;
      for (const Question& question : questions) passing += question.filter->passes;
      WriteCell(out, relation, share, passing / static_cast<double>(questions.size()), entrants,
                cells);
    }
  }
  out.EndArray().EndObject();
  return json;
}

}  // namespace sightline::bench
