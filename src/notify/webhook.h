#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_client.h"

namespace fit::notify {

// Messages to programs, signed as Standard Webhooks specifies: the headers webhook-id, webhook-timestamp and
// webhook-signature, which is "v1," and the HMAC-SHA256 of "ID.TIMESTAMP.BODY" in base64. Thread-safe.

// A new secret: "whsec_" and 32 random bytes in base64.
std::string make_webhook_secret();

// The value of webhook-signature. kInternal for a text that is no secret.
Result<std::string> webhook_signature(std::string_view secret, std::string_view id, Timestamp time,
                                      std::string_view body);

// Posts JSON to a URL. Blocks. `id` is the same for every attempt at one message. Success means a status 2xx;
// otherwise the errors of check_reply() and of net::HttpClient::post().
struct WebhookMessage {
  std::string url;
  std::string id;
  std::string body;
};
Result<void> send_webhook(net::HttpClient& http, const WebhookMessage& message, std::string_view secret,
                          const std::stop_token& stop);

}  // namespace fit::notify
