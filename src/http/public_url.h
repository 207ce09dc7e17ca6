#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::http {

// The address by which clients reach this server, through proxies or directly: "https://fit.example:8443". A
// value type.
struct PublicUrl {
  std::string
      origin;        // as browsers send it: "https://fit.example", without a default port and without a path
  std::string host;  // in lower case, without the port: "fit.example", "192.0.2.7", "[2001:db8::1]"
  std::uint16_t port = 0;
  bool is_https = false;

  // kInvalid naming `setting` for a text that is not http:// or https://, a host and perhaps a port. One
  // slash may follow.
  static Result<PublicUrl> parse(const std::string& setting, std::string_view url);
};

}  // namespace fit::http
