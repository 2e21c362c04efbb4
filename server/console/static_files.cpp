#include "server/console/static_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "server/accept_encoding.h"

namespace sightline::server {
namespace {

constexpr int64_t kMaxBytes = int64_t{16} << 20;
constexpr std::string_view kEntrance = "index.html";

constexpr std::pair<std::string_view, std::string_view> kContentTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
};

std::string_view ContentTypeOf(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const auto found =
      std::ranges::find(kContentTypes, extension,
                        &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kContentTypes) ? "application/octet-stream" : found->second;
}

Error NoSuchFile() { return NotFound("the console has no such file"); }

// Whether each segment is the plain name of a file or a folder: the path then stays below where it
// begins.
bool IsPlain(std::string_view path) {
  if (path.empty()) return false;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view segment = path.substr(start, end - start);
    if (segment.empty() || segment.starts_with('.')) return false;
    start = end + 1;
  }
  return std::ranges::none_of(path, [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\\' || c == '\x7F';
  });
}

std::string WeakTag(std::string_view content) {
  return fmt::format("W/\"{:016x}\"", XXH3_64bits(content.data(), content.size()));
}

Result<std::string> ReadWhole(const std::filesystem::path& path, int64_t size) {
  std::ifstream input(path, std::ios::binary);
  std::string content(static_cast<size_t>(size), '\0');
  if (!input.read(content.data(), size)) {
    return Error{ErrorCode::kIo, "a file of the console cannot be read", {}};
  }
  return content;
}

}  // namespace

std::vector<std::filesystem::path> DefaultConsoleDirectories(
    const std::filesystem::path& program) {
  const std::filesystem::path around = program.parent_path().parent_path();
  return {around / "web", around / "share/sightline/console"};
}

std::optional<StaticFiles::Version> StaticFiles::VersionOf(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return Version{.inode = info.st_ino,
                 .size = info.st_size,
                 .changed_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

std::optional<std::filesystem::path> StaticFiles::Directory() const {
  for (const std::filesystem::path& directory : directories_) {
    if (VersionOf(directory / kEntrance)) return directory;
  }
  return std::nullopt;
}

Result<std::shared_ptr<const StaticFile>> StaticFiles::Find(std::string_view path,
                                                            std::string_view accept_encoding) {
  const auto directory = Directory();
  if (!directory || !IsPlain(path)) return NoSuchFile();
  const std::filesystem::path plain = *directory / path;
  if (!VersionOf(plain)) return NoSuchFile();
  constexpr std::pair<std::string_view, std::string_view> kEncodings[] = {{"br", ".br"},
                                                                          {"gzip", ".gz"}};
  for (const auto& [encoding, suffix] : kEncodings) {
    if (!PrefersEncoding(accept_encoding, encoding)) continue;
    std::filesystem::path encoded = plain;
    encoded += suffix;
    if (VersionOf(encoded)) return Load(encoded, encoding);
  }
  return Load(plain, {});
}

Result<std::shared_ptr<const StaticFile>> StaticFiles::Load(const std::filesystem::path& path,
                                                            std::string_view content_encoding) {
  const auto version = VersionOf(path);
  if (!version) return NoSuchFile();
  {
    const MutexLock lock(mutex_);
    const auto kept = kept_.find(path);
    if (kept != kept_.end() && kept->second.version == *version) return kept->second.file;
  }
  if (version->size > kMaxBytes) {
    return Error{ErrorCode::kTooLarge, "a file of the console is larger than 16 MiB", {}};
  }
  SIGHTLINE_ASSIGN(std::string content, ReadWhole(path, version->size));
  auto file = std::make_shared<StaticFile>();
  file->entity_tag = WeakTag(content);
  file->content = std::move(content);
  file->content_type = ContentTypeOf(content_encoding.empty() ? path : path.stem());
  file->content_encoding = content_encoding;
  const MutexLock lock(mutex_);
  kept_[path] = {*version, file};
  return file;
}

}  // namespace sightline::server
