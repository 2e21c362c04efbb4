#include "client/export/exporter.h"

#include <algorithm>
#include <optional>
#include <string>

namespace sightline::client {
namespace {

// Cuts what comes into rows and passes over those that the file holds already.
class RowSink {
 public:
  RowSink(ExportFile& file, const std::function<void(uint64_t)>& progress)
      : file_(file), progress_(progress) {}

  // An answer begins: its rows up to `behind` are known.
  void Begin(std::optional<ExportPosition> behind) {
    behind_ = std::move(behind);
    partial_.clear();
  }

  Status Take(std::string_view piece) {
    while (!piece.empty()) {
      const size_t end = piece.find('\n');
      if (end == std::string_view::npos) {
        partial_ += piece;
        return Ok();
      }
      const std::string_view rest = piece.substr(0, end);
      piece.remove_prefix(end + 1);
      if (partial_.empty()) {
        SIGHTLINE_RETURN_IF_ERROR(TakeRow(rest));
      } else {
        partial_ += rest;
        SIGHTLINE_RETURN_IF_ERROR(TakeRow(partial_));
        partial_.clear();
      }
    }
    progress_(rows_);
    return Ok();
  }

  uint64_t rows() const { return rows_; }

 private:
  Status TakeRow(std::string_view row) {
    if (row.empty()) return Ok();
    if (behind_) {
      SIGHTLINE_ASSIGN(const ExportPosition position, PositionOfRow(row));
      if (position <= *behind_) return Ok();
      behind_.reset();
    }
    ++rows_;
    return file_.Append(row);
  }

  ExportFile& file_;
  const std::function<void(uint64_t)>& progress_;
  std::optional<ExportPosition> behind_;
  std::string partial_;  // the start of a row
  uint64_t rows_ = 0;
};

}  // namespace

Status Export(Client& client, const ExportQuestion& question, ExportFile& file,
              const std::function<void(uint64_t)>& progress) {
  SearchQuery query{.filter = question.filter,
                    .order = ResultOrder::kTimeAscending,
                    .limit = 1,
                    .with_vectors = question.with_vectors};
  if (!file.resumed()) {
    SIGHTLINE_ASSIGN(const SightingPage first, client.Search(query));
    file.Begin(first.as_of);
  }
  query.as_of = file.mark().as_of;

  RowSink sink(file, progress);
  for (;;) {
    const ExportMark& mark = file.mark();
    // Rows of the last one's instant may be on both sides of it.
    if (mark.last) query.filter.time.from = std::max(query.filter.time.from, mark.last->time);
    sink.Begin(mark.last);
    const uint64_t rows_before = sink.rows();
    const Status streamed = client.SearchNdjson(
        query, [&](std::string_view piece) { return sink.Take(piece); });
    SIGHTLINE_RETURN_IF_ERROR(file.Checkpoint());
    if (streamed) return Ok();
    const bool is_broken = streamed.error().code == ErrorCode::kIo;
    if (!is_broken || sink.rows() == rows_before) return streamed;
  }
}

}  // namespace sightline::client
