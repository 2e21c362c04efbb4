#include "client/input/batch.h"

#include <set>

namespace sightline::client {
namespace {

class CsvBatches final : public BatchReader {
 public:
  CsvBatches(std::unique_ptr<ByteSource> source, CsvDialect dialect)
      : source_(std::move(source)), reader_(*source_, dialect) {}

  Status ReadHeader(SightingColumnsOptions options) {
    SIGHTLINE_ASSIGN(const bool any, reader_.Next(record_));
    if (!any) return InvalidArgument(source_->name() + " is empty");
    if (!record_.status) {
      return InvalidArgument(source_->name() + ":1: " + record_.status.error().message);
    }
    auto columns = SightingColumns::Make(std::move(options), record_.fields);
    if (!columns) return InvalidArgument(source_->name() + ": " + columns.error().message);
    columns_.emplace(std::move(*columns));
    return Ok();
  }

  Result<bool> Next(uint64_t max_rows, Batch& batch) override;
  Status SkipTo(uint64_t line) override;

 private:
  void Add(Batch& batch);

  std::unique_ptr<ByteSource> source_;
  CsvReader reader_;
  CsvRecord record_;
  std::optional<SightingColumns> columns_;
  std::set<std::string, std::less<>> cameras_seen_;
};

// The record just read becomes a line of the batch or one of its rejected rows.
void CsvBatches::Add(Batch& batch) {
  if (!record_.status) {
    batch.rejected.push_back({record_.line, record_.status.error().message, ""});
    return;
  }
  const auto row = columns_->Append(record_.fields, batch.body);
  if (!row) {
    batch.rejected.push_back({record_.line, row.error().message, row.error().field});
    return;
  }
  ++batch.rows;
  batch.lines.push_back(record_.line);
  if (row->ambiguous_time) ++batch.ambiguous_times;
  if (row->never_merged) ++batch.never_merged;
  if (!cameras_seen_.contains(row->camera_id)) {
    cameras_seen_.emplace(row->camera_id);
    batch.cameras.push_back({std::string(row->camera_id), row->location});
  }
}

Result<bool> CsvBatches::Next(uint64_t max_rows, Batch& batch) {
  batch = Batch{.first_line = reader_.next_line()};
  while (batch.rows + batch.rejected.size() < max_rows && batch.body.size() < kMaxBatchBytes) {
    SIGHTLINE_ASSIGN(const bool any, reader_.Next(record_));
    if (!any) break;
    Add(batch);
  }
  batch.last_line = reader_.next_line() - 1;
  batch.file_position = source_->file_position();
  return batch.last_line >= batch.first_line;
}

Status CsvBatches::SkipTo(uint64_t line) {
  while (reader_.next_line() <= line) {
    SIGHTLINE_ASSIGN(const bool any, reader_.Next(record_));
    if (!any) break;
  }
  return Ok();
}

}  // namespace

Result<std::unique_ptr<BatchReader>> MakeCsvBatches(std::unique_ptr<ByteSource> source,
                                                    CsvDialect dialect,
                                                    SightingColumnsOptions columns) {
  auto batches = std::make_unique<CsvBatches>(std::move(source), dialect);
  SIGHTLINE_RETURN_IF_ERROR(batches->ReadHeader(std::move(columns)));
  return std::unique_ptr<BatchReader>(std::move(batches));
}

}  // namespace sightline::client
