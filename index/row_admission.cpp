#include "index/row_admission.h"

namespace sightline::index {

RowAdmission::RowAdmission(const Segment& segment, const DayFeed& feed, Sequence as_of,
                           std::span<const std::string> without_plates)
    : segment_(segment),
      feed_(feed),
      as_of_(as_of),
      corrected_(feed.HasCorrections()),
      versions_asked_(corrected_ || segment.greatest_sequence() > as_of) {
  for (const std::string& plate : without_plates) {
    const auto ordinal = segment.plates().Find(plate);
    if (!ordinal) continue;
    left_out_.resize(segment.plates().size() + 1);
    left_out_[*ordinal + 1] = true;
  }
}

}  // namespace sightline::index
