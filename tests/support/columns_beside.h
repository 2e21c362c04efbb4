// The columns that questions of a test find beside a store.
#pragma once

#include <memory>
#include <string>

#include "index/column_index.h"
#include "index/feed.h"
#include "storage/store.h"

namespace sightline::testing {

enum class ColumnsKind {
  kNone,           // storage alone
  kPlain,          // PlainColumns with exact estimates
  kPlainGuessing,  // PlainColumns whose estimates tell nothing
  kIndex,          // the real ones, following the store's log
};

// "NoColumns", "Plain", "PlainGuessing", "Index": names the runs of a test.
std::string ColumnsKindName(ColumnsKind kind);

class ColumnsBeside {
 public:
  // `store` outlives the object.
  ColumnsBeside(storage::Store& store, ColumnsKind kind);
  ~ColumnsBeside();

  // Null with kNone.
  index::ColumnIndex* get() { return columns_.get(); }

  // Seals or merges a segment of each day, where the real ones have something to. Throws when that
  // fails.
  void Seal();

 private:
  storage::Store& store_;
  std::unique_ptr<index::Feed> feed_;
  std::unique_ptr<index::ColumnIndex> columns_;
};

}  // namespace sightline::testing
