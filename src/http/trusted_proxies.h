#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/address.h"
#include "http/message.h"

namespace fit::http {

// Who sent a request, and how.
struct Client {
  std::string address;    // numeric: "192.0.2.7", "2001:db8::1"
  bool is_https = false;  // the client uses https
};

// The proxies in front of this server whose X-Forwarded-For and X-Forwarded-Proto count. Immutable.
class TrustedProxies {
 public:
  // Parses a list of addresses and networks such as "127.0.0.1, 10.0.0.0/8, 2001:db8::/32"; an empty list
  // trusts nobody. kInvalid naming `setting` for other entries.
  static Result<TrustedProxies> parse(const std::string& setting, std::string_view list);

  bool is_empty() const { return networks_.empty(); }

  // Whether an address belongs to a trusted proxy. IPv6 addresses may have a zone ("fe80::1%eth0"), which is
  // ignored; other texts belong to nobody.
  bool contains(std::string_view address) const;

  // The client of a request that the trusted proxy `peer` passed on. Its address is the last one in
  // X-Forwarded-For that is not a trusted proxy's, because each proxy appends the address from which the
  // request came and clients may send anything before that. If all are trusted, it is the first. Addresses
  // may have a port. `peer` itself counts if there is no such field, or another text before that address is
  // found. X-Forwarded-Proto counts if it is a single "http" or "https".
  Client client_of(const Client& peer, const Headers& headers) const;

 private:
  struct Network {
    Address address;
    std::size_t bits = 0;  // of the IPv6 form
  };
  bool contains(const Address& address) const;
  std::optional<Address> forwarded_address(const Headers& headers) const;

  std::vector<Network> networks_;
};

}  // namespace fit::http
