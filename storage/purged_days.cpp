#include "storage/purged_days.h"

#include "storage/database.h"
#include "storage/row_key.h"

namespace sightline::storage {

rocksdb::CompactionFilter::Decision PurgedDaysFilter::FilterV2(
    int /*level*/, const rocksdb::Slice& key, ValueType /*type*/,
    const rocksdb::Slice& /*existing_value*/, std::string* /*new_value*/,
    std::string* /*skip_until*/) const {
  const auto entry = DecodeDictionaryKey(ToView(key));
  return entry && days_->Contains(entry->day) ? Decision::kRemove : Decision::kKeep;
}

}  // namespace sightline::storage
