#include "net/transfer.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <random>

#include "base/background_task.h"
#include "base/format.h"
#include "base/trace.h"
#include "net/address.h"
#include "net/curl_url.h"
#include "net/proxy.h"
#include "net/retry_after.h"

namespace fit::net {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr std::size_t kMaxIdleHandles = 16;
constexpr std::uint64_t kMaxErrorBody = 64 << 10;
constexpr std::size_t kMaxHeaders = 200;
constexpr Milliseconds kFirstBackoff{250};
constexpr Milliseconds kLongestBackoff{10'000};

// The URL of a request, with its credentials.
struct RequestUrl {
  std::string text;
  std::string scheme;
  std::string host;  // without the brackets of an IPv6 address
};

Result<RequestUrl> parse_request_url(std::string_view field, const std::string& text) {
  if (text.size() > kMaxUrlBytes)
    return invalid(std::string(field), fit::format("must be shorter than {} characters", kMaxUrlBytes));
  const CurlUrl handle = make_curl_url();
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), kCurlUrlFlags);
  if (code != CURLUE_OK) {
    Error error = invalid(std::string(field), "is not a valid URL");
    error.detail = curl_url_strerror(code);
    return error;
  }
  RequestUrl url{curl_url_part(handle.get(), CURLUPART_URL), curl_url_part(handle.get(), CURLUPART_SCHEME),
                 curl_url_part(handle.get(), CURLUPART_HOST)};
  if (url.scheme != "http" && url.scheme != "https")
    return invalid(std::string(field), "must be an http or https URL");
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  if (url.host.empty()) return invalid(std::string(field), "is a URL without a host");
  return url;
}

Error not_public(std::string_view field) {
  return invalid(std::string(field), "points to an address that is not on the public Internet");
}

// Checks the name alone, for requests through a proxy, which makes the connection.
bool is_private_name(std::string host) {
  if (const auto is_public_literal = literal_is_public(host)) return !*is_public_literal;
  std::ranges::transform(host, host.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  while (host.ends_with('.')) host.pop_back();
  return host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local") ||
         host.ends_with(".internal");
}

// The state of one request of a transfer, shared with curl's callbacks. A transfer has one hop per redirect.
struct Hop {
  const TransferRequest& request;
  ResponseHead& head;
  bool guard = true;
  bool guard_rejected = false;
  bool head_reported = false;
  Bytes* error_body = nullptr;  // where the body of an error status goes; null: it is discarded
  std::uint64_t discarded_bytes = 0;
  std::optional<Error> stopped = std::nullopt;

  bool stop_on(Result<void> result) {
    if (result) return false;
    stopped = std::move(result).error();
    return true;
  }
  bool succeeded() const { return head.status >= 200 && head.status < 300; }
  bool report_head() {
    if (head_reported) return true;
    head_reported = true;
    return !request.on_head || !stop_on(request.on_head(head));
  }
};

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
  auto* hop = static_cast<Hop*>(context);
  if (hop->guard && !is_public(address->addr)) {
    hop->guard_rejected = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void add_header(ResponseHead& head, std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
    line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    head.headers.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || head.headers.size() >= kMaxHeaders) return;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  if (name == "x-linked-etag") head.linked_etag = value;
  head.headers[name] = value;
}

void read_status(CURL* curl, ResponseHead& head) {
  long status = 0;
  curl_off_t length = -1;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  head.status = static_cast<int>(status);
  head.content_length = length >= 0 ? std::optional<std::uint64_t>(length) : std::nullopt;
}

struct CallContext {
  CURL* curl;
  Hop* hop;
};

// Checks the head as soon as it is complete, so that a response which declares that it is too large is
// stopped before its body.
std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  const auto [curl, hop] = *static_cast<CallContext*>(context);
  const std::string_view line(data, size * count);
  add_header(hop->head, line);
  if (line != "\r\n" && line != "\n") return line.size();
  read_status(curl, hop->head);
  return !hop->succeeded() || hop->report_head() ? line.size() : CURL_WRITEFUNC_ERROR;
}

std::size_t on_write(char* data, std::size_t size, std::size_t count, void* context) {
  const auto [curl, hop] = *static_cast<CallContext*>(context);
  const std::size_t bytes = size * count;
  read_status(curl, hop->head);
  if (!hop->succeeded()) {
    hop->discarded_bytes += bytes;
    if (hop->error_body != nullptr && hop->discarded_bytes <= kMaxErrorBody) {
      const ByteView piece = std::as_bytes(std::span(data, bytes));
      hop->error_body->insert(hop->error_body->end(), piece.begin(), piece.end());
    }
    return hop->discarded_bytes <= kMaxErrorBody ? bytes : CURL_WRITEFUNC_ERROR;
  }
  if (!hop->report_head()) return CURL_WRITEFUNC_ERROR;
  if (hop->request.on_body && hop->stop_on(hop->request.on_body(std::as_bytes(std::span(data, bytes))))) {
    return CURL_WRITEFUNC_ERROR;
  }
  return bytes;
}

void set_time_limits(CURL* curl, const TransferRequest& request, Clock::time_point deadline) {
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(1, request.limits.connect_timeout.count())));
  if (request.limit_silence_only) {
    const auto silence = std::chrono::ceil<std::chrono::seconds>(request.limits.total_timeout).count();
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(std::max<std::int64_t>(1, silence)));
    return;
  }
  const auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now()).count();
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, left)));
}

// Aborts a transfer whose stop is requested. curl calls it about once a second, and when data arrive.
int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(context)->stop_requested() ? 1 : 0;
}

// Sets the method and the body. curl hashes the body for the signature only if it is a string of its own.
void set_method(CURL* curl, const TransferRequest& request) {
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.body) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->empty() ? "" : request.body->data());
  }
  const bool is_default = request.method.empty() || request.method == (request.body ? "POST" : "GET");
  if (!is_default) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_signing(CURL* curl, const AwsSigning& signing) {
  const std::string scheme = fit::format("aws:amz:{}:{}", signing.region, signing.service);
  curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, scheme.c_str());
  curl_easy_setopt(curl, CURLOPT_USERNAME, signing.key_id.c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, signing.secret.c_str());
}

std::string method_of(const TransferRequest& request) {
  if (!request.method.empty()) return request.method;
  return request.body ? "POST" : "GET";
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_transient(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

Error transfer_error(const TransferRequest& request, const Hop& hop, CURLcode code) {
  const std::string field(request.field);
  if (hop.stopped) return *hop.stopped;
  if (hop.guard_rejected) return not_public(request.field);
  const std::string detail = fit::format("{}: {}", request.url, curl_easy_strerror(code));
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
      return Error{ErrorCode::kCancelled, "could not be fetched: stopped", field, detail};
    case CURLE_OPERATION_TIMEDOUT:
      return Error{ErrorCode::kDeadlineExceeded, "could not be fetched in time", field, detail};
    case CURLE_COULDNT_RESOLVE_HOST:
      return Error{ErrorCode::kBadGateway, "could not be fetched: no such host", field, detail};
    case CURLE_COULDNT_CONNECT:
      return Error{ErrorCode::kBadGateway, "could not be fetched: the server does not accept connections",
                   field, detail};
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
      return Error{ErrorCode::kBadGateway, "could not be fetched: the server closed the connection", field,
                   detail};
    case CURLE_PEER_FAILED_VERIFICATION:
      return Error{ErrorCode::kBadGateway, "could not be fetched: the server's certificate is not trusted",
                   field, detail};
    default:
      return Error{ErrorCode::kBadGateway, "could not be fetched", field, detail};
  }
}

Error status_error(const TransferRequest& request, int status) {
  const ErrorCode code = status == 404 || status == 410 ? ErrorCode::kNotFound : ErrorCode::kBadGateway;
  return Error{code, fit::format("could not be fetched: the server responded with status {}", status),
               std::string(request.field), request.url};
}

}  // namespace

std::string ResponseHead::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

struct Transfers::State {
  HttpClient::Options options;
  ProxySettings proxies = ProxySettings::from_environment();
  std::string ca_file;
  std::mutex mutex;
  std::vector<CURL*> idle;
  std::mt19937_64 random{std::random_device{}()};

  explicit State(HttpClient::Options o) : options(std::move(o)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const char* bundle = std::getenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
    if (bundle != nullptr) ca_file = bundle;
  }
  ~State() {
    for (CURL* curl : idle) curl_easy_cleanup(curl);
    curl_global_cleanup();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Takes a handle from the pool; the deleter returns it with its open connections.
  auto borrow() {
    CURL* curl = nullptr;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        curl = idle.back();
        idle.pop_back();
      }
    }
    if (curl == nullptr) curl = curl_easy_init();
    return std::unique_ptr<CURL, std::function<void(CURL*)>>(curl, [this](CURL* used) {
      curl_easy_reset(used);
      const std::lock_guard lock(mutex);
      if (idle.size() < kMaxIdleHandles) {
        idle.push_back(used);
      } else {
        curl_easy_cleanup(used);
      }
    });
  }

  Milliseconds backoff(int attempt) {
    const auto longest =
        std::min<std::int64_t>(kFirstBackoff.count() << std::min(attempt, 10), kLongestBackoff.count());
    const std::lock_guard lock(mutex);
    return Milliseconds(std::uniform_int_distribution<std::int64_t>(longest / 2, longest)(random));
  }

  void wait(Milliseconds time, const std::stop_token& stop) const {
    if (options.sleep) {
      options.sleep(time);
    } else {
      wait_unless_stopped(stop, time);
    }
  }

  CURLcode perform(CURL* curl, Hop& hop, const RequestUrl& url, Clock::time_point deadline) const {
    curl_easy_reset(curl);
    const TransferRequest& request = hop.request;
    CallContext context{curl, &hop};
    curl_slist* headers = nullptr;
    for (const std::string& header : request.headers) headers = curl_slist_append(headers, header.c_str());
    if (const TraceContext& trace = current_work().trace; trace.has_trace()) {
      headers = curl_slist_append(headers, ("traceparent: " + trace.traceparent()).c_str());
    }
    if (request.signing && !request.signing->session_token.empty()) {
      const std::string token = "x-amz-security-token: " + request.signing->session_token;
      headers = curl_slist_append(headers, token.c_str());
    }
    const std::string proxy = proxies.proxy_for(url.scheme, url.host);
    hop.guard = !options.allow_private_addresses && proxy.empty();
    curl_easy_setopt(curl, CURLOPT_URL, url.text.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, proxy.c_str());
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    set_method(curl, request);
    if (request.signing) set_signing(curl, *request.signing);
    if (request.accept_compressed) curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &hop);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &context);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &context);
    if (request.limits.stop.stop_possible()) {
      curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
      curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
      curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &request.limits.stop);
    }
    set_time_limits(curl, request, deadline);
    const CURLcode code = curl_easy_perform(curl);
    read_status(curl, hop.head);
    curl_slist_free_all(headers);
    return code;
  }

  TransferOutcome run(const TransferRequest& request);
};

Transfers::Transfers(const HttpClient::Options& options) : state_(std::make_unique<State>(options)) {}
Transfers::~Transfers() = default;

TransferOutcome Transfers::State::run(const TransferRequest& request) {
  TransferOutcome outcome;
  ResponseHead& head = outcome.head;
  const auto fail = [&](Error error, bool retry) {
    outcome.error = std::move(error);
    outcome.retry = retry;
    return outcome;
  };
  const Clock::time_point deadline = request.deadline.value_or(Clock::now() + request.limits.total_timeout);
  const auto curl = borrow();
  std::string address = request.url;
  for (int redirects = 0;; ++redirects) {
    auto url = parse_request_url(request.field, address);
    if (!url) return fail(std::move(url).error(), false);
    const bool proxied = !proxies.proxy_for(url->scheme, url->host).empty();
    if (proxied && !options.allow_private_addresses && is_private_name(url->host)) {
      return fail(not_public(request.field), false);
    }
    head.url = url->text;
    head.status = 0;
    Hop hop{request, head};
    outcome.error_body.clear();
    if (request.keep_error_body) hop.error_body = &outcome.error_body;
    const CURLcode code = perform(curl.get(), hop, *url, deadline);
    if (hop.stopped) return fail(*hop.stopped, false);
    const bool is_complete = code == CURLE_OK || (code == CURLE_WRITE_ERROR && !hop.succeeded());
    if (!is_complete)
      return fail(transfer_error(request, hop, code), is_transient(code) && !hop.guard_rejected);
    if (hop.succeeded()) {
      if (!hop.report_head()) return fail(*hop.stopped, false);
      return outcome;
    }
    const char* next = nullptr;
    curl_easy_getinfo(curl.get(), CURLINFO_REDIRECT_URL, &next);
    if (!is_redirect(head.status) || next == nullptr) {
      outcome.retry_after = parse_retry_after(head.header("retry-after"), now());
      return fail(status_error(request, head.status), head.status == 429 || head.status >= 500);
    }
    if (redirects >= request.limits.max_redirects) {
      return fail(Error{ErrorCode::kBadGateway, "could not be fetched: too many redirects",
                        std::string(request.field), address},
                  false);
    }
    address = next;
  }
}

TransferOutcome Transfers::run(const TransferRequest& request) {
  const std::string method = method_of(request);
  Span span(method, SpanKind::kClient);
  TransferOutcome outcome = state_->run(request);
  if (span.is_recorded()) {
    span.set("http.request.method", method);
    // The path is left out, because it may be a secret.
    if (const auto url = parse_request_url(request.field, request.url)) span.set("server.address", url->host);
    if (outcome.head.status != 0) {
      span.set("http.response.status_code", std::int64_t{outcome.head.status});
    }
    if (outcome.error) span.fail(std::string(to_string(outcome.error->code)));
  }
  return outcome;
}

TransferOutcome Transfers::run_with_retries(const HttpLimits& limits, const Attempt& attempt,
                                            std::optional<Clock::time_point> deadline) {
  for (int tries = 0;; ++tries) {
    bool headway = false;
    TransferOutcome outcome = attempt(headway);
    if (!outcome.error || !outcome.retry) return outcome;
    if (headway) tries = 0;
    if (tries >= limits.retries || limits.stop.stop_requested()) return outcome;
    const Milliseconds pause = outcome.retry_after > std::chrono::seconds(0)
                                   ? Milliseconds(outcome.retry_after)
                                   : state_->backoff(tries);
    if (pause > limits.total_timeout || (deadline && Clock::now() + pause >= *deadline)) return outcome;
    state_->wait(pause, limits.stop);
  }
}

}  // namespace fit::net
