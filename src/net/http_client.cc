#include "net/http_client.h"

#include "base/format.h"
#include "net/client_state.h"

namespace fit::net {

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>(options)) {}
HttpClient::~HttpClient() = default;

namespace {

// A request that stores the response's body in `response`, up to the limit.
TransferRequest request_into(HttpResponse& response, std::string_view field, const std::string& url,
                             const HttpLimits& limits) {
  TransferRequest request{.field = field, .url = url, .limits = limits, .accept_compressed = true};
  const Error too_large{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", limits.max_bytes),
                        std::string(field), url};
  const std::uint64_t max_bytes = limits.max_bytes;
  request.on_head = [&response, too_large, max_bytes](const ResponseHead& head) -> Result<void> {
    response.body.clear();
    if (head.content_length.value_or(0) > max_bytes) return too_large;
    return {};
  };
  request.on_body = [&response, too_large, max_bytes](ByteView piece) -> Result<void> {
    if (piece.size() > max_bytes - response.body.size()) return too_large;
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

Result<HttpResponse> HttpClient::get(std::string_view field, const std::string& url,
                                     const HttpLimits& limits) {
  HttpResponse response;
  TransferRequest request = request_into(response, field, url, limits);
  request.deadline = std::chrono::steady_clock::now() + limits.total_timeout;
  const TransferOutcome outcome = state_->transfers.run_with_retries(
      limits, [&](bool&) { return state_->transfers.run(request); }, request.deadline);
  if (outcome.error) return *outcome.error;
  response.status = outcome.head.status;
  response.content_type = outcome.head.header("content-type");
  response.final_url = outcome.head.url;
  return response;
}

}  // namespace fit::net
