// A data set as the log of a day, for our index: rows are made as they are read, so that millions
// of them are never in memory.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "bench/appearance/data_set.h"
#include "index/feed.h"

namespace sightline::bench {

// Row i is version 0 of its log's place i, with sequence i + 1. What is sealed outlives the object:
// the list of segments is kept beside them.
class DataFeed final : public index::Feed {
 public:
  static constexpr Day kDay{17'000};

  // `data` outlives the object. The directory is made where it is not there.
  DataFeed(const DataSet& data, std::filesystem::path directory);
  ~DataFeed() override;

  // How many rows the log has; never fewer than are sealed.
  void SetLogEnd(uint64_t rows);
  // Of the segments that were found when it was made.
  uint64_t sealed_to() const;

  Result<std::shared_ptr<const index::DayFeed>> Open(Day day) override;
  std::vector<VectorSpace> Spaces() const override { return {data_.space()}; }
  Status Commit(Day day, uint64_t sealed_to, std::span<const index::ListedSegment> added,
                std::span<const std::string> removed) override;
  Status Reset(Day day) override;

 private:
  class OpenDay;

  const DataSet& data_;
  std::shared_ptr<OpenDay> day_;
};

}  // namespace sightline::bench
