#include "http/query_image.h"

#include "net/http_client.h"

namespace fit::http {

Result<Bytes> fetch_query_image(net::HttpClient& http, const std::string& url, const QueryImageLimits& limits,
                                const std::stop_token& stop) {
  net::HttpLimits fetch;
  fetch.total_timeout = limits.time_limit;
  fetch.max_bytes = limits.max_bytes;
  fetch.retries = 0;
  fetch.stop = stop;
  auto fetched = http.get("image_url", url, fetch);
  if (!fetched) {
    Error error = fetched.error();
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kBadGateway;
    if (error.code == ErrorCode::kCancelled) error.code = ErrorCode::kUnavailable;
    error.field = "image_url";
    return error;
  }
  if (fetched->body.empty()) return Error{ErrorCode::kBadGateway, "returned an empty file", "image_url", {}};
  return std::move(fetched->body);
}

}  // namespace fit::http
