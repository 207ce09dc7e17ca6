#include "net/http_client.h"

#include "base/format.h"
#include "net/client_state.h"

namespace fit::net {

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>(options)) {}
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::get(std::string_view field, const std::string& url,
                                     const HttpLimits& limits) {
  HttpResponse response;
  const auto too_large = [&] {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", limits.max_bytes),
                 std::string(field), url};
  };
  TransferRequest request{.field = field, .url = url, .limits = limits, .accept_compressed = true};
  request.on_head = [&](const ResponseHead& head) -> Result<void> {
    response.body.clear();
    if (head.content_length.value_or(0) > limits.max_bytes) return too_large();
    return {};
  };
  request.on_body = [&](ByteView piece) -> Result<void> {
    if (piece.size() > limits.max_bytes - response.body.size()) return too_large();
    response.body.insert(response.body.end(), piece.begin(), piece.end());
    return {};
  };
  const TransferOutcome outcome =
      state_->transfers.run_with_retries(limits, [&](bool&) { return state_->transfers.run(request); });
  if (outcome.error) return *outcome.error;
  response.status = outcome.head.status;
  response.content_type = outcome.head.header("content-type");
  response.final_url = outcome.head.url;
  return response;
}

}  // namespace fit::net
