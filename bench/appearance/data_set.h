// Vectors in a file, the rows that they belong to, questions, and their exact answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/vector_space.h"
#include "index/neighbour_graph.h"
#include "index/segment_bytes.h"

namespace sightline::bench {

// What a camera said of a vector's vehicle.
struct DataRow {
  uint32_t ms_of_day = 0;
  uint32_t vehicle = 0;  // its plate stands for it
  uint16_t camera = 0;
  uint16_t model = 0;  // number in simulation::VehicleModels()
  uint8_t color = 0;
  uint8_t unread = 0;  // 1: no plate was read
  uint16_t reserved = 0;
};
static_assert(sizeof(DataRow) == 16);

// The answers of a question that are kept: its exact nearest rows.
inline constexpr size_t kTruthDepth = 100;

// A folder with the files base.vectors, base.rows, query.vectors, query.rows, truth and about.
// Rows are in the order in which they were reported, all of one day. Mapped, not read: copies of
// what is read lie in the page cache alone. Immutable, thread-safe.
class DataSet {
 public:
  struct About {
    uint32_t vector_bytes = 128;
    // Question i is row i of the base: row i is none of its answers.
    bool queries_are_rows = false;
    uint32_t cameras = 1;
  };

  // Errors: kNotFound where there is none, kCorruption where files do not fit each other.
  static Result<DataSet> Open(const std::filesystem::path& folder);
  static Status WriteAbout(const std::filesystem::path& folder, const About& about);

  const About& about() const { return about_; }
  const VectorSpace& space() const { return space_; }
  const std::filesystem::path& folder() const { return folder_; }

  uint32_t size() const { return static_cast<uint32_t>(rows_.bytes().size() / sizeof(DataRow)); }
  const DataRow& Row(uint32_t row) const { return Rows(rows_)[row]; }
  std::string_view Vector(uint32_t row) const { return VectorAt(vectors_, row); }
  std::span<const std::byte> vectors() const { return vectors_.bytes(); }

  uint32_t queries() const {
    return static_cast<uint32_t>(query_rows_.bytes().size() / sizeof(DataRow));
  }
  const DataRow& QueryRow(uint32_t query) const { return Rows(query_rows_)[query]; }
  std::string_view Query(uint32_t query) const { return VectorAt(query_vectors_, query); }
  // The row that is none of a question's answers.
  std::optional<uint32_t> Excluded(uint32_t query) const;

  // The nearest rows of a question, kTruthDepth of them or all. Empty: not computed yet.
  std::span<const index::NearNode> Truth(uint32_t query) const;

 private:
  DataSet(std::filesystem::path folder, const About& about, index::Mapping vectors,
          index::Mapping rows, index::Mapping query_vectors, index::Mapping query_rows);

  static std::span<const DataRow> Rows(const index::Mapping& file);
  std::string_view VectorAt(const index::Mapping& file, uint32_t number) const;

  std::filesystem::path folder_;
  About about_;
  VectorSpace space_;
  index::Mapping vectors_;
  index::Mapping rows_;
  index::Mapping query_vectors_;
  index::Mapping query_rows_;
  std::optional<index::Mapping> truth_;
};

// A share of all rows that has nothing to do with how they look: row's number is drawn from 0 to 5,
// 5 with a probability of 0.01 %, 4 or 5 with 0.1 %, then 1, 10 and 50 %.
inline constexpr int kLotClasses = 6;
int LotOf(uint32_t row);

// What a row's columns say of it.
std::string LotNameOf(int lot);
std::string ModelNameOf(uint16_t model);

}  // namespace sightline::bench
