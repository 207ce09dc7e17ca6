#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "net/http_client.h"

namespace fit::notify {

// A message to a topic of an ntfy server.
struct NtfyMessage {
  std::string topic_url;  // "https://ntfy.sh/my-topic"
  std::string title;
  std::string text;
  std::string click_url = {};  // what a tap opens; empty: nothing
};

// kInvalid naming `field` for a URL without a topic of letters, digits, "-" and "_".
Result<void> check_topic_url(const std::string& field, const std::string& url);

// Publishes a message as JSON. Blocks. The errors of check_topic_url(), check_reply() and
// net::HttpClient::post().
Result<void> send_ntfy(net::HttpClient& http, const NtfyMessage& message, const std::stop_token& stop);

}  // namespace fit::notify
