// What a start does before the store serves: bring the derived structures up to the durable rows.
#pragma once

#include "storage/row_writer.h"

namespace sightline::storage {

// Opens the days that a crash may have left behind their mark (few: those written to directly), and
// gives the plate dictionary the readings that it has not counted; rebuilds it from all days when it
// is new. No other call may run beside it.
Status Recover(const RowWriter::Parts& parts, RowWriter& writer);

}  // namespace sightline::storage
