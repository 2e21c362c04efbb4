#include "bench/appearance/grid_filter.h"

#include <algorithm>
#include <bit>

#include "simulation/vehicle_models.h"

namespace sightline::bench {
namespace {

constexpr uint32_t kDayMs = 86'400'000;

void Pass(GridFilter& filter, uint32_t row) {
  filter.bits[row / 8] |= static_cast<uint8_t>(1u << (row % 8));
  ++filter.passes;
}

}  // namespace

// Models whose rows pass, within a time.
struct GridFilters::Choice {
  std::vector<uint16_t> models;
  uint32_t from_ms = 0;
  uint32_t to_ms = kDayMs;
};

std::string_view RelationName(Relation relation) {
  switch (relation) {
    case Relation::kNone: return "random";
    case Relation::kOwn: return "correlated";
    case Relation::kAgainst: return "against";
  }
  return {};
}

std::vector<uint32_t> GridFilter::Rows() const {
  std::vector<uint32_t> rows;
  rows.reserve(passes);
  for (size_t byte = 0; byte < bits.size(); ++byte) {
    for (unsigned left = bits[byte]; left != 0; left &= left - 1) {
      rows.push_back(static_cast<uint32_t>(byte * 8) +
                     static_cast<uint32_t>(std::countr_zero(left)));
    }
  }
  return rows;
}

GridFilters::GridFilters(const DataSet& data)
    : data_(data), times_(simulation::VehicleModels().size()) {
  for (uint32_t row = 0; row < data.size(); ++row) {
    times_[data.Row(row).model].push_back(data.Row(row).ms_of_day);
  }
  for (auto& times : times_) std::ranges::sort(times);
}

GridFilter GridFilters::Make(uint32_t query, Relation relation, double share) const {
  if (relation == Relation::kNone) return MakeLot(share);
  const auto models = simulation::VehicleModels();
  const DataRow& asked = data_.QueryRow(query);
  std::vector<uint16_t> order;
  const auto append = [&](bool own_type) {
    for (size_t i = 1; i < models.size(); ++i) {
      const size_t model = (asked.model + i) % models.size();
      if ((models[model].type == models[asked.model].type) == own_type && !times_[model].empty()) {
        order.push_back(static_cast<uint16_t>(model));
      }
    }
  };
  if (relation == Relation::kOwn) order.push_back(asked.model);
  append(relation == Relation::kOwn);
  append(relation != Relation::kOwn);

  const auto wanted = static_cast<size_t>(share * data_.size());
  Choice choice;
  size_t passing = 0;
  for (const uint16_t model : order) {
    if (!choice.models.empty() && passing + times_[model].size() > wanted) continue;
    choice.models.push_back(model);
    passing += times_[model].size();
  }
  if (passing > wanted) {
    // One model is more than enough: some of its rows, around a time of day.
    const auto& times = times_[choice.models[0]];
    const uint32_t middle = relation == Relation::kOwn ? asked.ms_of_day
                                                       : (asked.ms_of_day + kDayMs / 2) % kDayMs;
    const auto at = static_cast<size_t>(std::ranges::lower_bound(times, middle) - times.begin());
    const size_t first = std::min(at - std::min(at, wanted / 2), times.size() - wanted);
    choice.from_ms = times[first];
    choice.to_ms = times[first + std::max<size_t>(wanted, 1) - 1] + 1;
  }
  return Fill(choice);
}

GridFilter GridFilters::MakeLot(double share) const {
  GridFilter filter;
  filter.bits.resize(data_.size() / 8 + 1);
  int least = 1;
  for (const double next : {0.1, 0.01, 0.001, 0.0001}) least += share <= next ? 1 : 0;
  AttributeCondition condition{.name = "lot", .any_of = {}};
  for (int lot = least; lot < kLotClasses; ++lot) condition.any_of.emplace_back(LotNameOf(lot));
  filter.columns.attributes.push_back(std::move(condition));
  filter.columns.as_of = data_.size();
  for (uint32_t row = 0; row < data_.size(); ++row) {
    if (LotOf(row) >= least) Pass(filter, row);
  }
  return filter;
}

GridFilter GridFilters::Fill(const Choice& choice) const {
  GridFilter filter;
  filter.bits.resize(data_.size() / 8 + 1);
  filter.columns.from_ms = choice.from_ms;
  filter.columns.to_ms = choice.to_ms;
  filter.columns.as_of = data_.size();
  AttributeCondition condition{.name = "model", .any_of = {}};
  std::vector<bool> chosen(times_.size());
  for (const uint16_t model : choice.models) {
    condition.any_of.emplace_back(ModelNameOf(model));
    chosen[model] = true;
  }
  std::ranges::sort(condition.any_of);
  filter.columns.attributes.push_back(std::move(condition));
  for (uint32_t row = 0; row < data_.size(); ++row) {
    const DataRow& at = data_.Row(row);
    if (chosen[at.model] && choice.from_ms <= at.ms_of_day && at.ms_of_day < choice.to_ms) {
      Pass(filter, row);
    }
  }
  return filter;
}

}  // namespace sightline::bench
