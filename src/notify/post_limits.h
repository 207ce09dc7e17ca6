#pragma once

#include <stop_token>
#include <string_view>

#include "base/result.h"
#include "net/http_client.h"

namespace fit::notify {

// The limits of one message by HTTP.
inline net::HttpLimits post_limits(const std::stop_token& stop) {
  return {.connect_timeout = std::chrono::seconds(5),
          .total_timeout = std::chrono::seconds(15),
          .max_bytes = 64 << 10,
          .max_redirects = 0,
          .retries = 0,
          .stop = stop};
}

// What a status says about a message: success for 2xx; kNotFound for 404 and 410, after which the address
// gets no more messages; kInvalid for other statuses from 400 on that no later attempt changes; kBadGateway
// for the rest (408, 425, 429, 3xx, 5xx). `who` is named in the error.
Result<void> check_reply(std::string_view who, int status);

}  // namespace fit::notify
