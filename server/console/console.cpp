#include "server/console/console.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/problem.h"
#include "core/log.h"
#include "server/console/byte_range.h"
#include "server/console/policy.h"
#include "server/console/settings.h"
#include "server/coroutine_error.h"
#include "server/entity_tag.h"
#include "server/media_type.h"

namespace sightline::server {
namespace {

constexpr size_t kThreads = 1;
constexpr size_t kMaxQueued = 256;
constexpr size_t kSliceBytes = size_t{256} << 10;
constexpr std::string_view kEntrance = "index.html";
// Vite names what lies there by its content, so that it never changes.
constexpr std::string_view kNamedByContent = "assets/";

constexpr std::string_view kNotBuilt =
    "The web console has not been built, or does not lie where this server looks for it.\n\n"
    "  scripts/build console            builds it beside the server, with Node 18 or later\n"
    "  sightline-server --console-dir DIR   looks for it in DIR\n"
    "  sightline-server --console off       serves none\n\n"
    "The server's log says where it looked. The API is there all the same.\n";

Awaitable<Status> RedirectToConsole(Exchange& exchange) {
  Response response{.status = 302, .headers = {{"Location", "/console/"}}, .body = {}};
  co_return co_await exchange.out.Send(std::move(response));
}

// A view's address ("search", "replay/today"): it names no file, since those have an extension.
bool IsView(std::string_view path) {
  return !path.starts_with(kNamedByContent) &&
         path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;
}

std::string_view CacheControl(std::string_view path) {
  return path.starts_with(kNamedByContent) ? "public, max-age=31536000, immutable" : "no-cache";
}

// Whether a Range holds: there is no If-Range, or it names what is there.
bool RangeHolds(const Request& request, std::string_view tag) {
  const std::string_view condition = request.Header("if-range");
  return condition.empty() || condition == tag;
}

}  // namespace

Console::Console(const ConsoleOptions& options, const std::filesystem::path& program,
                 std::string_view time_zone, std::unique_ptr<BasemapFile> basemap)
    : headers_(SecurityHeaders(options)),
      settings_(ConsoleSettings(options, time_zone)),
      basemap_(std::move(basemap)),
      files_(options.directory.empty()
                 ? DefaultConsoleDirectories(program)
                 : std::vector<std::filesystem::path>{options.directory}),
      workers_(kThreads, kMaxQueued) {}

Result<std::unique_ptr<Console>> Console::Open(const ConsoleOptions& options,
                                               const std::filesystem::path& program,
                                               std::string_view time_zone) {
  std::unique_ptr<BasemapFile> basemap;
  if (!options.basemap_file.empty()) {
    SIGHTLINE_ASSIGN(basemap, BasemapFile::Open(options.basemap_file));
  }
  return std::unique_ptr<Console>(new Console(options, program, time_zone, std::move(basemap)));
}

void Console::AddRoutes(Router& router) {
  const auto add = [&router](std::string path, std::string name, Handler handler) {
    // No deadline: what bounds a slow client is write_idle_timeout_s.
    router.Add({.method = "GET",
                .path = std::move(path),
                .handler = std::move(handler),
                .options = {.name = std::move(name), .deadline_s = 0, .is_public = true}});
  };
  add("/", "console_redirect", RedirectToConsole);
  add("/console", "console_redirect", RedirectToConsole);
  add("/console/{file...}", "console_file",
      [this](Exchange& exchange) { return SendFile(exchange); });
  add("/console/config.json", "console_settings", [this](Exchange& exchange) {
    return exchange.out.Send(WithHeaders(
        {.headers = {{"Content-Type", std::string(kJsonType)}}, .body = settings_}));
  });
  if (basemap_ != nullptr) {
    add(std::string(kBasemapPath), "console_basemap",
        [this](Exchange& exchange) { return SendBasemap(exchange); });
  }
}

void Console::LogState() const {
  if (const auto directory = files_.Directory()) {
    Log(LogLevel::kInfo, "console.served", {{"directory", directory->string()}});
    return;
  }
  for (const std::filesystem::path& directory : files_.directories()) {
    Log(LogLevel::kWarning, "console.missing",
        {{"looked_in", directory.string()}, {"build_it_with", "scripts/build console"}});
  }
}

Response Console::WithHeaders(Response response) const {
  response.headers.insert(response.headers.end(), headers_.begin(), headers_.end());
  return response;
}

// --- files ---------------------------------------------------------------------------------------

Awaitable<Status> Console::SendFile(Exchange& exchange) {
  const Request& request = exchange.request;
  auto answer = [this, &request] { return AnswerFile(request); };
  SIGHTLINE_CO_ASSIGN(Response response, co_await workers_.Run(answer));
  co_return co_await exchange.out.Send(WithHeaders(std::move(response)));
}

Result<Response> Console::AnswerFile(const Request& request) {
  std::string_view path = request.path_values.front();
  const std::string_view accepted = request.Header("accept-encoding");
  if (path.empty() || IsView(path)) path = kEntrance;
  const auto file = files_.Find(path, accepted);
  if (!file && file.error().code == ErrorCode::kNotFound) return AnswerMissing(path);
  if (!file) return file.error();
  Response response;
  response.headers = {{"ETag", (*file)->entity_tag},
                      {"Cache-Control", std::string(CacheControl(path))}};
  if (!(*file)->content_encoding.empty()) {
    response.headers.emplace_back("Vary", "Accept-Encoding");
  }
  if (IfNoneMatchHits(request.Header("if-none-match"), (*file)->entity_tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", (*file)->content_type);
  if (!(*file)->content_encoding.empty()) {
    response.headers.emplace_back("Content-Encoding", (*file)->content_encoding);
  }
  response.body = (*file)->content;
  return response;
}

Response Console::AnswerMissing(std::string_view path) const {
  if (path == kEntrance) {
    return {.status = 404,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = std::string(kNotBuilt)};
  }
  return {.status = 404,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = api::ProblemJson(NotFound("the console has no such file"))};
}

// --- basemap -------------------------------------------------------------------------------------

Awaitable<Status> Console::SendBasemap(Exchange& exchange) {
  const Request& request = exchange.request;
  const std::string& tag = basemap_->entity_tag();
  Response response{.headers = {{"ETag", tag},
                                {"Cache-Control", "no-cache"},
                                {"Accept-Ranges", "bytes"}},
                    .body = {}};
  if (IfNoneMatchHits(request.Header("if-none-match"), tag)) {
    response.status = 304;
    co_return co_await exchange.out.Send(WithHeaders(std::move(response)));
  }
  const uint64_t size = basemap_->size();
  const std::string_view range = RangeHolds(request, tag) ? request.Header("range") : "";
  const RangeAnswer part = AnswerRange(range, size);
  if (part.kind == RangeAnswer::Kind::kUnsatisfiable) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    co_return co_await exchange.out.Send(WithHeaders(std::move(response)));
  }
  if (part.kind == RangeAnswer::Kind::kPart) {
    response.status = 206;
    response.headers.emplace_back(
        "Content-Range",
        fmt::format("bytes {}-{}/{}", part.offset, part.offset + part.length - 1, size));
  }
  response.headers.emplace_back("Content-Type", "application/vnd.pmtiles");
  response.content_length = part.length;
  co_return co_await StreamBasemap(exchange, WithHeaders(std::move(response)), part.offset);
}

// Writes `head.content_length` bytes from `offset`.
Awaitable<Status> Console::StreamBasemap(Exchange& exchange, Response head, uint64_t offset) {
  uint64_t left = *head.content_length;
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Begin(std::move(head)));
  if (exchange.request.method == "HEAD") left = 0;
  while (left > 0) {
    const size_t length = std::min<uint64_t>(left, kSliceBytes);
    auto read = [this, offset, length] { return basemap_->Read(offset, length); };
    SIGHTLINE_CO_ASSIGN(const std::string slice, co_await workers_.Run(read));
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Write(slice));
    offset += length;
    left -= length;
  }
  co_return co_await exchange.out.End();
}

}  // namespace sightline::server
