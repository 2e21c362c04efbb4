#include "storage/segment_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "core/log.h"
#include "storage/directory.h"

namespace sightline::storage {

namespace fs = std::filesystem;

Status RemoveUnlistedFiles(const fs::path& directory, std::span<const SegmentEntry> listed) {
  std::set<std::string, std::less<>> known;
  for (const SegmentEntry& entry : listed) known.insert(entry.name);
  std::error_code code;
  std::vector<std::string> unlisted;
  for (fs::directory_iterator file(directory, code), end; !code && file != end;
       file.increment(code)) {
    const std::string name = file->path().filename().string();
    if (!known.contains(name)) unlisted.push_back(name);
  }
  if (code) {
    return Error{ErrorCode::kIo,
                 fmt::format("{}: cannot list it: {}", directory.string(), code.message()), {}};
  }
  RemoveSegmentFiles(directory, unlisted);
  return Ok();
}

Status SyncSegmentFiles(const fs::path& directory, std::span<const SegmentEntry> added) {
  if (added.empty()) return Ok();
  for (const SegmentEntry& entry : added) {
    std::error_code code;
    if (fs::is_regular_file(directory / entry.name, code)) continue;
    return InvalidArgument(fmt::format("{}: there is no file '{}'", directory.string(), entry.name));
  }
  return SyncDirectory(directory);
}

void RemoveSegmentFiles(const fs::path& directory, std::span<const std::string> names) {
  for (const std::string& name : names) {
    std::error_code code;
    fs::remove_all(directory / name, code);
    if (!code) continue;
    Log(LogLevel::kWarning, "segment_not_removed",
        {{"file", (directory / name).string()}, {"reason", code.message()}});
  }
}

}  // namespace sightline::storage
