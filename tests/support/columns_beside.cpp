#include "tests/support/columns_beside.h"

#include "ingest/store_feed.h"
#include "tests/support/plain_columns.h"

namespace sightline::testing {

std::string ColumnsKindName(ColumnsKind kind) {
  switch (kind) {
    case ColumnsKind::kNone: return "NoColumns";
    case ColumnsKind::kPlain: return "Plain";
    case ColumnsKind::kPlainGuessing: return "PlainGuessing";
    case ColumnsKind::kIndex: return "Index";
  }
  return {};
}

ColumnsBeside::ColumnsBeside(storage::Store& store, ColumnsKind kind) : store_(store) {
  switch (kind) {
    case ColumnsKind::kNone:
      break;
    case ColumnsKind::kPlain:
      columns_ = std::make_unique<PlainColumns>(store, Estimates::kExact);
      break;
    case ColumnsKind::kPlainGuessing:
      columns_ = std::make_unique<PlainColumns>(store, Estimates::kVersions);
      break;
    case ColumnsKind::kIndex:
      feed_ = std::make_unique<ingest::StoreFeed>(store);
      columns_ = index::ColumnIndex::Create(*feed_, {});
      break;
  }
}

ColumnsBeside::~ColumnsBeside() = default;

void ColumnsBeside::Seal() {
  if (!feed_) return;
  for (const Day day : store_.Days()) columns_->SealOnce(day, {}, true, {}).value();
}

}  // namespace sightline::testing
