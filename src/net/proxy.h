#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fit::net {

// Which proxy a request goes through, by the variables that curl and most programs follow: http_proxy (lower
// case only), https_proxy, all_proxy and no_proxy (upper case too), read once when the object is made.
// no_proxy: names separated by commas, each covering its sub-domains; addresses; CIDR blocks; or "*".
class ProxySettings {
 public:
  static ProxySettings from_environment();

  // The proxy's URL, or empty for a direct connection. `host` as in the URL, without brackets or port.
  std::string proxy_for(std::string_view scheme, std::string_view host) const;

  std::string http;
  std::string https;
  std::vector<std::string> no_proxy;
};

}  // namespace fit::net
