#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_client.h"

namespace fit::notify {

// A message to the app on a device.
struct ApnsMessage {
  std::string title;
  std::string text;
  std::string url = {};  // what a tap opens in the app; empty: the app as it was left
  std::string id = {};   // a device shows the latest of the messages with one id; at most 64 bytes
};

// kInvalid naming `field` for a text that is no device token: 32 to 100 bytes in hexadecimal digits.
Result<void> check_device_token(const std::string& field, std::string_view token);

// Sends messages to devices by Apple's push service, whose API needs HTTP/2: the client negotiates it where a
// server offers it (ALPN). The token that proves who sends is signed with ES256 (RFC 7518) and of the last
// full half hour, at the same time in all processes: the service takes tokens for an hour, and refuses newer
// ones within 20 minutes. Thread-safe; calls block. Borrows the client.
class ApnsClient {
 public:
  struct Options {
    std::string url = "https://api.push.apple.com";  // without a slash at its end
    std::string topic;                               // the bundle identifier of the app
    std::string key_id;                              // the 10 characters that Apple has given the key
    std::string team_id;                             // the 10 characters of the team
    std::string private_pem;                         // the key, P-256
  };
  ApnsClient(net::HttpClient& http, Options options) : http_(http), options_(std::move(options)) {}

  const std::string& topic() const { return options_.topic; }

  // Success means that the service has accepted the message; it keeps it for a day for a device that is away.
  // kNotFound when the device takes no more messages of the app; kInvalid for what no later attempt changes;
  // kBadGateway for another refusal, which names the service's reason; the errors of check_device_token() and
  // of net::HttpClient::send().
  Result<void> send(const std::string& device_token, const ApnsMessage& message,
                    const std::stop_token& stop) const;

 private:
  struct ProviderToken {
    std::string text;
    Timestamp issued_at;
  };

  Result<std::string> provider_token() const;

  net::HttpClient& http_;
  const Options options_;
  mutable std::mutex mutex_;
  mutable std::optional<ProviderToken> token_;  // guarded by mutex_
};

}  // namespace fit::notify
