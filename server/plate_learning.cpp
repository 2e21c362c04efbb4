#include "server/plate_learning.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

#include "core/log.h"
#include "query/learn_plate_reading.h"
#include "query/plate_reading_model.h"

namespace sightline::server {
namespace {

// A learning that takes longer is given up, and begins anew the next time.
constexpr std::chrono::minutes kLongest{5};

Result<query::PlateReadingData> ReadPrior(const std::string& file) {
  if (file.empty()) return query::DefaultPlateReadingData();
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return InvalidArgument("plate_reading_file: " + file + " cannot be read");
  }
  Result<query::PlateReadingData> data = query::ParsePlateReadingData(text.view());
  if (!data) return InvalidArgument("plate_reading_file: " + file + ": " + data.error().message);
  return data;
}

}  // namespace

Result<std::unique_ptr<PlateLearning>> PlateLearning::Open(storage::Store& store,
                                                           const std::string& prior_file) {
  SIGHTLINE_ASSIGN(const query::PlateReadingData prior, ReadPrior(prior_file));
  SIGHTLINE_ASSIGN(query::PlateReadingData data, query::LoadPlateReading(store, prior.prior));
  return std::unique_ptr<PlateLearning>(new PlateLearning(store, std::move(data)));
}

PlateLearning::PlateLearning(storage::Store& store, query::PlateReadingData data)
    : store_(store),
      data_(std::move(data)),
      models_(std::make_shared<const query::PlateReadingModel>(data_)) {}

void PlateLearning::LearnOnce() {
  const Status learned = Learn();
  if (learned || learned.error().code == ErrorCode::kCancelled) return;
  Log(LogLevel::kWarning, "plate_learning.failed", {{"reason", learned.error().message}});
}

Status PlateLearning::Learn() {
  const Cancellation bounded =
      cancellation_.WithDeadline(std::chrono::steady_clock::now() + kLongest);
  SIGHTLINE_RETURN_IF_ERROR(bounded.Check());
  if (store_.VisibleSequence() == data_.counts.learned_as_of) return Ok();
  SIGHTLINE_ASSIGN(query::PlateReadingData learned,
                   query::LearnPlateReading(store_, data_.prior, {}, bounded));
  SIGHTLINE_RETURN_IF_ERROR(query::SavePlateReading(store_, learned));
  data_ = std::move(learned);
  const auto model = std::make_shared<const query::PlateReadingModel>(data_);
  Log(LogLevel::kInfo, "plate_learning.learned",
      {{"model", model->version()},
       {"readings", data_.counts.readings},
       {"misreads", data_.counts.misreads}});
  models_.Replace(model);
  return Ok();
}

}  // namespace sightline::server
