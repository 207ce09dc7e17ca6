#include "http/idempotency.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "http/problem.h"

namespace fit::http {
namespace {

using ingest::IdempotencyKeys;

constexpr std::string_view kHeader = "Idempotency-Key";

// The key of a header, which is a string of RFC 9651 ("8e03978e") or a bare text.
Result<std::string> key_of(std::string_view header) {
  std::string_view key = trim(header);
  if (key.size() >= 2 && key.starts_with('"') && key.ends_with('"')) key = key.substr(1, key.size() - 2);
  const bool is_visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
  if (key.empty() || key.size() > IdempotencyKeys::kMaxKeyBytes || !is_visible) {
    return invalid(std::string(kHeader), fit::format("must be a text of 1 to {} visible characters",
                                                     IdempotencyKeys::kMaxKeyBytes));
  }
  return std::string(key);
}

// Whether another attempt at the same request may end differently.
bool may_change(int status) {
  return status >= 500 || status == 429 || status == 499;
}

}  // namespace

Result<Response> handle_once(const Request& request, IdempotencyKeys& keys,
                             const std::function<std::string()>& fingerprint,
                             const std::function<Result<Response>()>& handle) {
  const std::string_view header = request.headers.get("idempotency-key");
  if (header.empty()) return handle();
  FIT_TRY(const std::string key, key_of(header));
  const IdempotencyKeys::Request keyed{
      .owner = request.principal.id, .key = key, .fingerprint = fingerprint()};
  FIT_TRY(const auto stored, keys.begin(keyed));
  if (stored) {
    Response response{.status = stored->status,
                      .content_type = stored->status < 400 ? "application/json" : "application/problem+json",
                      .body = stored->body,
                      .headers = {{"Idempotent-Replayed", "true"}}};
    return response;
  }
  auto handled = handle();
  const Response response = handled ? *handled : problem(handled.error(), request);
  if (may_change(response.status)) {
    FIT_CHECK(keys.forget(keyed));
  } else {
    FIT_CHECK(keys.finish(keyed, {.status = response.status, .body = response.body}));
  }
  return handled;
}

}  // namespace fit::http
