#include "client/import/resume_file.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <cstdlib>
#include <fstream>

#include "api/json_writer.h"

namespace sightline::client {
namespace {

namespace fs = std::filesystem;

uint64_t Number(simdjson::dom::element root, std::string_view name) {
  uint64_t value = 0;
  return root[name].get(value) == simdjson::SUCCESS ? value : 0;
}

}  // namespace

std::optional<ImportIdentity> ImportIdentity::Of(const std::string& path, const std::string& server,
                                                 const std::string& settings) {
  struct stat status = {};
  if (path == "-" || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  const std::string text =
      fmt::format("{}\n{}\n{}.{:09}\n{}\n{}", fs::absolute(path).lexically_normal().string(),
                  status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, server, settings);
  return ImportIdentity{fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()))};
}

std::optional<fs::path> ResumeFile::DefaultPath(const ImportIdentity& identity) {
  fs::path state;
  if (const char* xdg = std::getenv("XDG_STATE_HOME"); xdg != nullptr && *xdg == '/') {
    state = xdg;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    state = fs::path(home) / ".local" / "state";
  } else {
    return std::nullopt;
  }
  return state / "sightline" / "resume" / (identity.fingerprint + ".json");
}

Result<std::optional<ResumeMark>> ResumeFile::Load() const {
  std::ifstream file(path_);
  if (!file) return std::optional<ResumeMark>();
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view fingerprint;
  if (parser.parse(text).get(root) || root["import"].get(fingerprint) ||
      fingerprint != identity_.fingerprint) {
    return Error{ErrorCode::kConflict,
                 fmt::format("{} belongs to another import (another file, server or way of reading "
                             "it); remove it to start from the first row",
                             path_.string()),
                 {}};
  }
  return std::optional<ResumeMark>(
      {Number(root, "line"), Number(root, "file_position"),
       {Number(root, "accepted"), Number(root, "duplicates"), Number(root, "rejected"),
        Number(root, "ambiguous_times"), Number(root, "never_merged")}});
}

Status ResumeFile::Save(const ResumeMark& mark) const {
  std::error_code ignored;  // what matters is whether the file can be written
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), ignored);
  std::string text;
  api::JsonWriter(text)
      .BeginObject()
      .Key("import").String(identity_.fingerprint)
      .Key("line").Uint(mark.line)
      .Key("file_position").Uint(mark.file_position)
      .Key("accepted").Uint(mark.totals.accepted)
      .Key("duplicates").Uint(mark.totals.duplicates)
      .Key("rejected").Uint(mark.totals.rejected)
      .Key("ambiguous_times").Uint(mark.totals.ambiguous_times)
      .Key("never_merged").Uint(mark.totals.never_merged)
      .EndObject();
  const fs::path temporary = path_.string() + ".new";
  std::ofstream file(temporary, std::ios::trunc);
  file << text << '\n';
  file.close();
  std::error_code error;
  if (file) fs::rename(temporary, path_, error);
  if (!file || error) {
    return InvalidArgument(fmt::format("cannot write the resume file {}", path_.string()));
  }
  return Ok();
}

void ResumeFile::Remove() const {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace sightline::client
