#include "storage/day_marks.h"

namespace sightline::storage {

// The mutex is held across the catalog's writes, so that an older mark never overwrites a newer one.

Status DayMarks::Load() {
  SIGHTLINE_ASSIGN(auto marks, catalog_.DayMarks());
  const MutexLock lock(mutex_);
  marks_ = std::move(marks);
  return Ok();
}

std::map<Day, DayMark> DayMarks::All() const {
  const MutexLock lock(mutex_);
  return marks_;
}

std::optional<DayMark> DayMarks::Find(Day day) const {
  const MutexLock lock(mutex_);
  const auto found = marks_.find(day);
  if (found == marks_.end()) return std::nullopt;
  return found->second;
}

void DayMarks::Update(Day day, const DayState& state) {
  const MutexLock lock(mutex_);
  DayMark& mark = marks_[day];
  if (mark.state == state) return;
  mark.state = state;
  unsaved_.insert(day);
}

Status DayMarks::MarkWritten(std::span<const Day> days, bool uncounted) {
  const MutexLock lock(mutex_);
  std::map<Day, DayMark> changed;
  for (const Day day : days) {
    DayMark mark = marks_[day];
    if (!mark.sealed && (mark.dirty || !uncounted)) continue;
    mark.sealed = false;
    mark.dirty = mark.dirty || uncounted;
    changed[day] = mark;
  }
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutDayMarks(changed, /*sync=*/true));
  for (const auto& [day, mark] : changed) marks_[day] = mark;
  return Ok();
}

void DayMarks::MarkClean(Day day) {
  const MutexLock lock(mutex_);
  const auto found = marks_.find(day);
  if (found == marks_.end() || !found->second.dirty) return;
  found->second.dirty = false;
  unsaved_.insert(day);
}

void DayMarks::MarkSealed(Day day, bool sealed) {
  const MutexLock lock(mutex_);
  DayMark& mark = marks_[day];
  if (mark.sealed == sealed) return;
  mark.sealed = sealed;
  unsaved_.insert(day);
}

Status DayMarks::MarkDeleting(Day day) {
  const MutexLock lock(mutex_);
  DayMark mark = marks_[day];
  mark.deleting = true;
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutDayMarks({{day, mark}}, /*sync=*/true));
  marks_[day] = mark;
  return Ok();
}

Status DayMarks::Forget(Day day) {
  const MutexLock lock(mutex_);
  SIGHTLINE_RETURN_IF_ERROR(catalog_.DeleteDayMark(day));
  marks_.erase(day);
  unsaved_.erase(day);
  return Ok();
}

Status DayMarks::Save() {
  const MutexLock lock(mutex_);
  std::map<Day, DayMark> changed;
  for (const Day day : unsaved_) changed[day] = marks_[day];
  SIGHTLINE_RETURN_IF_ERROR(catalog_.PutDayMarks(changed, /*sync=*/false));
  unsaved_.clear();
  return Ok();
}

}  // namespace sightline::storage
