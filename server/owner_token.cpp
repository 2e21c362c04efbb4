#include "server/owner_token.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>
#include <string>

#include "core/log.h"

namespace sightline::server {
namespace {

constexpr std::string_view kTokenName = "owner";

Error IoError(const std::filesystem::path& file, std::string_view what) {
  return {ErrorCode::kIo, fmt::format("{} {}: {}", what, file.string(), std::strerror(errno)), {}};
}

// Whether there is a file; an error unless it is a plain file of ours that nobody else may open.
Result<bool> CheckFile(const std::filesystem::path& file) {
  struct stat info {};
  if (lstat(file.c_str(), &info) != 0) {
    if (errno == ENOENT) return false;
    return IoError(file, "cannot look at");
  }
  if (!S_ISREG(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0) {
    return InvalidArgument(fmt::format(
        "admin_token_file {} must be a plain file of this user with mode 0600", file.string()));
  }
  return true;
}

Status WriteNew(const std::filesystem::path& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return IoError(file, "cannot create");
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  const Status status = written ? Ok() : Status(IoError(file, "cannot write"));
  close(fd);
  return status;
}

std::string ReadFirstLine(const std::filesystem::path& file) {
  std::string line;
  std::ifstream input(file);
  std::getline(input, line);
  return line;
}

}  // namespace

Status EnsureOwnerToken(Auth& auth, const std::filesystem::path& file, std::ostream& out) {
  bool file_exists = false;
  if (!file.empty()) {
    SIGHTLINE_ASSIGN(file_exists, CheckFile(file));
  }
  if (auth.HasOwner()) return Ok();
  if (file_exists) {
    if (!auth.AdoptOwner(kTokenName, ReadFirstLine(file))) {
      return InvalidArgument(fmt::format(
          "admin_token_file {} holds no token, and is not overwritten: remove it, or name another",
          file.string()));
    }
    Log(LogLevel::kInfo, "server.owner_token", {{"taken_from", file.string()}});
    return Ok();
  }
  // The text is handed over before the token counts: a start that is cut off in between leaves a
  // token that does not work yet, never one that nobody knows.
  const std::string text = Auth::Generate();
  if (file.empty()) {
    out << "Owner token (shown once, keep it): " << text << std::endl;
  } else {
    SIGHTLINE_RETURN_IF_ERROR(WriteNew(file, text + "\n"));
    Log(LogLevel::kInfo, "server.owner_token", {{"written_to", file.string()}});
  }
  return auth.AdoptOwner(kTokenName, text);
}

}  // namespace sightline::server
