#include "notify/webhook.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/format.h"
#include "base/secure_random.h"
#include "notify/mac.h"
#include "notify/post_limits.h"

namespace fit::notify {
namespace {

constexpr std::string_view kSecretStart = "whsec_";
constexpr std::size_t kSecretBytes = 32;

std::int64_t unix_seconds(Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string make_webhook_secret() {
  return std::string(kSecretStart) + encode_base64(secure_random(kSecretBytes));
}

Result<std::string> webhook_signature(std::string_view secret, std::string_view id, Timestamp time,
                                      std::string_view body) {
  if (!secret.starts_with(kSecretStart)) return internal("the webhook has no secret", {});
  FIT_TRY(const Bytes key, decode_base64("secret", secret.substr(kSecretStart.size()), 64));
  const std::string text = fit::format("{}.{}.{}", id, unix_seconds(time), body);
  return "v1," + encode_base64(as_bytes(hmac_sha256(as_text(key), text)));
}

Result<void> send_webhook(net::HttpClient& http, const WebhookMessage& message, std::string_view secret,
                          const std::stop_token& stop) {
  const Timestamp time = now();
  FIT_TRY(const std::string signature, webhook_signature(secret, message.id, time, message.body));
  FIT_TRY(const auto reply,
          http.post("url",
                    {.url = message.url,
                     .body = message.body,
                     .headers = {"Content-Type: application/json", "webhook-id: " + message.id,
                                 fit::format("webhook-timestamp: {}", unix_seconds(time)),
                                 "webhook-signature: " + signature}},
                    post_limits(stop)));
  return check_reply("the webhook", reply.status);
}

}  // namespace fit::notify
