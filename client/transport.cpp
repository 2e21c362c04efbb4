#include "client/transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <optional>
#include <thread>

#include "api/problem.h"

namespace sightline::client {
namespace {

using std::chrono::milliseconds;

// An answer that is kept in memory may be this long; longer ones are for a sink.
constexpr size_t kMaxAnswerBytes = size_t{256} << 20;
constexpr milliseconds kMaxBackOff{10'000};
constexpr milliseconds kMaxRetryAfter{60'000};

void InitialiseCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct CurlUrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string HostOf(const std::string& url) {
  const std::unique_ptr<CURLU, CurlUrlDeleter> parsed(curl_url());
  char* host = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return {};
  }
  std::string text = host;
  curl_free(host);
  return text;
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

// A list of header lines as libcurl wants it.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list_); }
  void Add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// What one attempt has to know while libcurl calls back.
struct Attempt {
  CURL* curl = nullptr;
  const HttpRequest* request = nullptr;
  const ByteSink* sink = nullptr;
  const std::atomic<bool>* cancelled = nullptr;

  std::string body;
  std::optional<milliseconds> retry_after;
  Status failure;  // of our own source or sink, or a limit
  bool sink_used = false;
  uint64_t sent = 0;

  long HttpStatus() const {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
};

size_t OnRead(char* buffer, size_t size, size_t count, void* user) {
  auto& attempt = *static_cast<Attempt*>(user);
  const Result<size_t> read = attempt.request->body->Read({buffer, size * count});
  if (!read) {
    attempt.failure = read.error();
    return CURL_READFUNC_ABORT;
  }
  attempt.sent += *read;
  if (attempt.request->upload_progress) attempt.request->upload_progress(attempt.sent);
  return *read;
}

size_t OnWrite(char* data, size_t size, size_t count, void* user) {
  auto& attempt = *static_cast<Attempt*>(user);
  const size_t length = size * count;
  if (*attempt.sink && attempt.HttpStatus() / 100 == 2) {
    attempt.sink_used = true;
    if (attempt.failure = (*attempt.sink)({data, length}); !attempt.failure) return 0;
    return length;
  }
  if (attempt.body.size() + length > kMaxAnswerBytes) {
    attempt.failure = Error{ErrorCode::kTooLarge, "the server's answer is longer than 256 MiB", {}};
    return 0;
  }
  attempt.body.append(data, length);
  return length;
}

size_t OnHeader(char* data, size_t size, size_t count, void* user) {
  auto& attempt = *static_cast<Attempt*>(user);
  std::string_view line(data, size * count);
  constexpr std::string_view kRetryAfter = "retry-after:";
  if (line.size() > kRetryAfter.size() &&
      std::equal(kRetryAfter.begin(), kRetryAfter.end(), line.begin(),
                 [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); })) {
    line.remove_prefix(kRetryAfter.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    int seconds = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), seconds).ec == std::errc()) {
      attempt.retry_after = std::clamp(milliseconds(seconds * int64_t{1000}), milliseconds(0),
                                       kMaxRetryAfter);
    }
  }
  return size * count;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& attempt = *static_cast<const Attempt*>(user);
  return attempt.cancelled != nullptr && attempt.cancelled->load() ? 1 : 0;
}

// The reason in plain words.
std::string Reason(CURLcode code, long os_error, const char* detail) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      if (os_error == ECONNREFUSED) return "connection refused";
      break;
    case CURLE_COULDNT_RESOLVE_HOST: return "no such host";
    case CURLE_OPERATION_TIMEDOUT: return "timed out";
    case CURLE_GOT_NOTHING: return "the connection was closed without an answer";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE: return "the connection broke before the answer was complete";
    case CURLE_PEER_FAILED_VERIFICATION:
      return fmt::format("its certificate is not trusted: {}", detail);
    default: break;
  }
  return detail[0] != '\0' ? detail : curl_easy_strerror(code);
}

// Whether nothing of the request can have reached the server.
bool NothingWasSent(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST;
}

bool ConnectionBroke(CURLcode code) {
  return code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
         code == CURLE_PARTIAL_FILE;
}

// What an answer other than 2xx says. One that is no problem+json did not come from a Sightline
// server but from something in between.
Error ErrorOf(const Attempt& attempt, int status) {
  const char* media_type = nullptr;
  curl_easy_getinfo(attempt.curl, CURLINFO_CONTENT_TYPE, &media_type);
  if (media_type != nullptr &&
      std::string_view(media_type).starts_with("application/problem+json")) {
    return api::ParseProblem(status, attempt.body);
  }
  constexpr size_t kShownBytes = 200;
  return {api::CodeOfHttpStatus(status),
          fmt::format("the answer was HTTP status {}{}{}", status, attempt.body.empty() ? "" : ": ",
                      std::string_view(attempt.body).substr(0, kShownBytes)),
          {}};
}

Error Cancelled() { return {ErrorCode::kCancelled, "interrupted", {}}; }

}  // namespace

class Transport::Impl {
 public:
  explicit Impl(ClientOptions client_options) : options(std::move(client_options)) {
    InitialiseCurlOnce();
    while (options.url.ends_with('/')) options.url.pop_back();
    loopback = IsLoopback(HostOf(options.url));
    curl = curl_easy_init();
  }
  ~Impl() { curl_easy_cleanup(curl); }

  struct Outcome {
    Result<std::string> answer;
    bool may_retry = false;
    std::optional<milliseconds> retry_after;
  };

  Outcome SendOnce(const HttpRequest& request, const ByteSink& sink);
  // kCancelled when the caller stops the wait.
  Status Wait(milliseconds duration) const;

  ClientOptions options;
  CURL* curl = nullptr;
  bool loopback = false;

 private:
  void SetUp(Attempt& attempt, const HeaderList& headers);
  void AddHeaders(const HttpRequest& request, HeaderList& headers) const;

  char error_text_[CURL_ERROR_SIZE] = {};
};

void Transport::Impl::AddHeaders(const HttpRequest& request, HeaderList& headers) const {
  if (!options.token.empty()) headers.Add("Authorization: Bearer " + options.token);
  if (!options.purpose.empty()) headers.Add("X-Purpose: " + PercentEncode(options.purpose));
  if (!options.case_number.empty()) headers.Add("X-Case: " + PercentEncode(options.case_number));
  // Without this, libcurl holds a large body back for a second, waiting for "100 Continue".
  headers.Add("Expect:");
  for (const std::string& header : request.headers) headers.Add(header);
}

void Transport::Impl::SetUp(Attempt& attempt, const HeaderList& headers) {
  // Forgets the options of the last request; keeps connections and TLS sessions.
  curl_easy_reset(curl);
  error_text_[0] = '\0';
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(curl, option, value); };
  const HttpRequest& request = *attempt.request;
  const std::string url = options.url + request.target;
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_USERAGENT, "sightline/" SIGHTLINE_VERSION);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  // A redirect would carry the token to a place that nobody named.
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_BUFFERSIZE, 256L << 10);
  set(CURLOPT_UPLOAD_BUFFERSIZE, 1L << 20);
  set(CURLOPT_ERRORBUFFER, error_text_);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (loopback) {
    set(CURLOPT_PROXY, "");
  } else {
    set(CURLOPT_ACCEPT_ENCODING, "gzip");  // on this machine it would only cost time
  }
  set(CURLOPT_WRITEFUNCTION, &OnWrite);
  set(CURLOPT_WRITEDATA, &attempt);
  set(CURLOPT_HEADERFUNCTION, &OnHeader);
  set(CURLOPT_HEADERDATA, &attempt);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &OnProgress);
  set(CURLOPT_XFERINFODATA, &attempt);
  if (request.body != nullptr) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_READFUNCTION, &OnRead);
    set(CURLOPT_READDATA, &attempt);
    if (const std::optional<uint64_t> size = request.body->Size()) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(*size));
    }
  }
}

Transport::Impl::Outcome Transport::Impl::SendOnce(const HttpRequest& request,
                                                   const ByteSink& sink) {
  Attempt attempt{.curl = curl, .request = &request, .sink = &sink, .cancelled = options.cancelled};
  HeaderList headers;
  AddHeaders(request, headers);
  if (request.body != nullptr && !request.body->Size()) headers.Add("Transfer-Encoding: chunked");
  SetUp(attempt, headers);
  const CURLcode code = curl_easy_perform(curl);
  const long status = attempt.HttpStatus();

  if (!attempt.failure) return {attempt.failure.error()};
  if (code == CURLE_ABORTED_BY_CALLBACK) return {Cancelled()};
  // A server may refuse a long body before it has read all of it; then the answer counts, not that
  // the rest could not be sent.
  const bool refused_early = code == CURLE_SEND_ERROR && status >= 400 && !attempt.body.empty();
  if (code != CURLE_OK && !refused_early) {
    long os_error = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_error);
    const bool sent_nothing = NothingWasSent(code);
    return {Error{ErrorCode::kIo,
                  fmt::format("{} {} ({})", sent_nothing ? "cannot reach" : "no answer from",
                              options.url, Reason(code, os_error, error_text_)),
                  {}},
            !attempt.sink_used &&
                (sent_nothing || (request.repeatable && ConnectionBroke(code)))};
  }
  if (status / 100 == 2) return {std::move(attempt.body)};
  return {ErrorOf(attempt, static_cast<int>(status)), status == 503 || status == 429,
          attempt.retry_after};
}

Status Transport::Impl::Wait(milliseconds duration) const {
  constexpr milliseconds kSlice{100};
  while (duration > milliseconds(0)) {
    if (options.cancelled != nullptr && options.cancelled->load()) return Cancelled();
    const milliseconds now = std::min(duration, kSlice);
    std::this_thread::sleep_for(now);
    duration -= now;
  }
  return Ok();
}

Transport::Transport(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Transport::~Transport() = default;

Result<std::string> Transport::Send(const HttpRequest& request, const ByteSink& sink) {
  milliseconds back_off = impl_->options.retry_wait;
  for (int attempt = 1;; ++attempt) {
    Impl::Outcome outcome = impl_->SendOnce(request, sink);
    if (outcome.answer || !outcome.may_retry || attempt >= impl_->options.max_attempts) {
      return std::move(outcome.answer);
    }
    if (request.body != nullptr && !request.body->Rewind()) return std::move(outcome.answer);
    SIGHTLINE_RETURN_IF_ERROR(impl_->Wait(outcome.retry_after.value_or(back_off)));
    back_off = std::min(back_off * 2, kMaxBackOff);
  }
}

}  // namespace sightline::client
