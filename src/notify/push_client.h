#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "net/http_client.h"
#include "notify/web_push_crypto.h"

namespace fit::notify {

// A browser that takes push messages.
struct PushTarget {
  std::string endpoint;  // an https URL at its push service
  PushKeys keys;
};

// Sends messages to browsers by their push services (RFC 8030). Thread-safe; calls block. Borrows the client.
class PushClient {
 public:
  // `subject`: how an operator of a push service reaches the operator of this server, a mailto: or https:
  // URL.
  PushClient(net::HttpClient& http, VapidKey key, std::string subject)
      : http_(http), key_(std::move(key)), subject_(std::move(subject)) {}

  const std::string& public_key() const { return key_.public_key; }

  // Success means that the push service has accepted the message; it keeps it for a day for a browser that is
  // away. kNotFound when the browser has ended its subscription; the errors of encrypt_push() and of
  // net::HttpClient::post(); kBadGateway for another refusal.
  Result<void> send(const PushTarget& target, std::string_view text, const std::stop_token& stop) const;

 private:
  net::HttpClient& http_;
  const VapidKey key_;
  const std::string subject_;
};

}  // namespace fit::notify
