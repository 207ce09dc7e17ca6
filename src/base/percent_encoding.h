#pragma once

#include <string>
#include <string_view>

namespace fit {

// Escapes everything but the unreserved characters of a URL (RFC 3986, 2.3): "a b/é" becomes
// "a%20b%2F%C3%A9".
std::string percent_encode(std::string_view text);

}  // namespace fit
