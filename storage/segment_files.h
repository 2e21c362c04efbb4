// The files of a day's segments, next to the list of them that the day's database keeps.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "core/error.h"
#include "storage/day.h"

namespace sightline::storage {

// What a crash leaves is a file that is not listed yet or not any more: it is deleted. One that is
// listed and missing is for the reader of the list to mend.
Status RemoveUnlistedFiles(const std::filesystem::path& directory,
                           std::span<const SegmentEntry> listed);

// Makes it durable that the files are in the directory. kInvalidArgument names one that is not.
Status SyncSegmentFiles(const std::filesystem::path& directory, std::span<const SegmentEntry> added);

// Deletes files that are not listed any more. One that stays goes when the day is opened next.
void RemoveSegmentFiles(const std::filesystem::path& directory, std::span<const std::string> names);

}  // namespace sightline::storage
