#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fit::net {

// The proxy settings of the environment, in the variables that curl and most programs use: http_proxy (lower
// case only), and https_proxy, all_proxy and no_proxy (in lower or upper case). no_proxy is a comma-separated
// list of names, which include their sub-domains, of addresses and CIDR blocks, or "*". Immutable and
// thread-safe after construction.
class ProxySettings {
 public:
  static ProxySettings from_environment();

  // The proxy's URL, or empty for a direct connection. `host` is the URL's host without brackets and port.
  std::string proxy_for(std::string_view scheme, std::string_view host) const;

  std::string http;
  std::string https;
  std::vector<std::string> no_proxy;
};

}  // namespace fit::net
