#include "net/http_client.h"

#include "base/format.h"
#include "net/client_state.h"

namespace fit::net {

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>(options)) {}
HttpClient::~HttpClient() = default;

namespace {

Error too_large(std::string_view field, const std::string& url, const HttpLimits& limits) {
  return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", limits.max_bytes),
               std::string(field), url};
}

// A request that stores the response's body in `response.body`, up to the limit.
template <class Response>
TransferRequest request_into(Response& response, std::string_view field, const std::string& url,
                             const HttpLimits& limits) {
  TransferRequest request{.field = field, .url = url, .limits = limits, .accept_compressed = true};
  const Error over_limit = too_large(field, url, limits);
  const std::uint64_t max_bytes = limits.max_bytes;
  request.on_head = [&response, over_limit, max_bytes](const ResponseHead& head) -> Result<void> {
    response.body.clear();
    if (head.content_length.value_or(0) > max_bytes) return over_limit;
    return {};
  };
  request.on_body = [&response, over_limit, max_bytes](ByteView piece) -> Result<void> {
    if (piece.size() > max_bytes - response.body.size()) return over_limit;
    response.body.insert(response.body.end(), piece.begin(), piece.end());
    return {};
  };
  return request;
}

}  // namespace

Result<HttpResponse> HttpClient::post(std::string_view field, const Post& post, const HttpLimits& limits) {
  HttpResponse response;
  TransferRequest request = request_into(response, field, post.url, limits);
  request.limits.max_redirects = 0;
  request.headers = post.headers;
  request.headers.emplace_back("Expect:");  // otherwise curl waits for "100 Continue" before long bodies
  request.body = post.body;
  const TransferOutcome outcome = state_->transfers.run(request);
  const bool has_response = outcome.head.status >= 400;
  if (outcome.error && !has_response) return *outcome.error;
  response.status = outcome.head.status;
  response.content_type = outcome.head.header("content-type");
  response.final_url = outcome.head.url;
  response.retry_after = outcome.retry_after;
  return response;
}

std::string HttpReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

Result<HttpReply> HttpClient::send(std::string_view field, const Request& sent, const HttpLimits& limits) {
  HttpReply reply;
  TransferRequest request = request_into(reply, field, sent.url, limits);
  request.limits.max_redirects = 0;
  request.accept_compressed = sent.accept_compressed;
  request.limit_silence_only = sent.limit_silence_only;
  request.keep_error_body = true;
  request.method = sent.method;
  request.headers = sent.headers;
  request.headers.emplace_back("Expect:");  // otherwise curl waits for "100 Continue" before long bodies
  if (sent.body) request.body = as_text(*sent.body);
  request.signing = sent.signing;
  std::uint64_t passed_bytes = 0;
  if (sent.sink) {
    request.on_body = [&](ByteView piece) -> Result<void> {
      passed_bytes += piece.size();
      if (passed_bytes > limits.max_bytes) return too_large(field, sent.url, limits);
      return sent.sink(piece);
    };
  }
  TransferOutcome outcome =
      state_->transfers.run_with_retries(limits, [&](bool&) { return state_->transfers.run(request); });
  const bool has_error_status = outcome.head.status >= 300;
  if (outcome.error && !has_error_status) return *outcome.error;
  reply.status = outcome.head.status;
  reply.headers = std::move(outcome.head.headers);
  if (has_error_status) reply.body = std::move(outcome.error_body);
  return reply;
}

Result<HttpResponse> HttpClient::get(std::string_view field, const Get& wanted, const HttpLimits& limits) {
  HttpResponse response;
  TransferRequest request = request_into(response, field, wanted.url, limits);
  const HttpValidators& known = wanted.known;
  if (!known.etag.empty()) request.headers.push_back("If-None-Match: " + known.etag);
  if (!known.last_modified.empty()) request.headers.push_back("If-Modified-Since: " + known.last_modified);
  request.deadline = std::chrono::steady_clock::now() + limits.total_timeout;
  const TransferOutcome outcome = state_->transfers.run_with_retries(
      limits, [&](bool&) { return state_->transfers.run(request); }, request.deadline);
  const bool is_unchanged = outcome.head.status == 304 && !known.is_empty();
  if (outcome.error && !is_unchanged) return *outcome.error;
  response.status = outcome.head.status;
  response.content_type = outcome.head.header("content-type");
  response.final_url = outcome.head.url;
  response.validators = {.etag = outcome.head.header("etag"),
                         .last_modified = outcome.head.header("last-modified")};
  return response;
}

}  // namespace fit::net
