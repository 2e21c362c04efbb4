// A store that fills up with random sightings, with columns beside it.
#pragma once

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "query/sources.h"
#include "storage/store.h"
#include "tests/model/random_sightings.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::testing {

class ModelFixture : public ::testing::TestWithParam<std::tuple<StoreKind, ColumnsKind>>,
                     protected RandomSightings {
 protected:
  void CorrectOne() {
    const std::vector<StoredSighting> rows = filled_.Accepted(store_.VisibleSequence());
    const StoredSighting& row = rows[Below(static_cast<int>(rows.size()))];
    filled_.Correct(row.id, SomeCorrection(row.sighting));
  }

  FilledStore filled_{std::get<0>(GetParam())};
  storage::Store& store_ = filled_.store();
  ColumnsBeside columns_{store_, std::get<1>(GetParam())};
  const query::Sources sources_{.store = store_, .columns = columns_.get()};
};

}  // namespace sightline::testing
