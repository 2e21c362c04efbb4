// Our index: the whole of it, and its graph alone.
#pragma once

#include <memory>

#include "bench/appearance/data_feed.h"
#include "bench/appearance/data_set.h"
#include "bench/appearance/entrant.h"
#include "bench/appearance/faiss_entrants.h"
#include "core/error.h"
#include "index/column_index.h"

namespace sightline::bench {

// One graph over all vectors where they lie, walked with as many candidates as it is told, without
// segments, columns or a planner. Built on `threads` threads and kept in the data set's folder;
// with `rebuild`, made anew. Errors: those of index/neighbour_graph.h.
Result<Built> MakeOurGraph(const DataSet& data, int threads, bool rebuild);

// Our index over the data set, its files in the data set's folder.
class OurIndex {
 public:
  // `data` outlives the object.
  explicit OurIndex(const DataSet& data);

  struct BuildTimes {
    double seal_seconds = 0;   // rows read, sealed and merged
    double graph_seconds = 0;  // all graphs, on `threads` threads
  };
  // What is not sealed yet is sealed as a live server would, then merged, and graphs are built.
  // Zero times where nothing was left to do.
  Result<BuildTimes> Build(int threads);

  // Opens the day as it is. Errors: kNotFound where it was not built.
  Result<std::shared_ptr<const index::DayColumns>> Open();
  // `exact`: scans instead of graphs.
  Result<std::unique_ptr<Entrant>> Searched(bool exact);

  // Of the day; after Open().
  index::ColumnIndex::DayStats Stats() const;

 private:
  const DataSet& data_;
  DataFeed feed_;
  std::unique_ptr<index::ColumnIndex> index_;
};

}  // namespace sightline::bench
