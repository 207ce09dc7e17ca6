#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::http {

// The origins whose web pages may use this server from a browser. Immutable.
class AllowedOrigins {
 public:
  // Parses a list such as "https://shop.example, http://localhost:5173", or "*" for all; an empty list allows
  // none. kInvalid naming `setting` for an entry that browsers never send as an origin, such as one with a
  // path, capitals or a default port.
  static Result<AllowedOrigins> parse(const std::string& setting, std::string_view list);

  bool is_empty() const { return !allows_all_ && origins_.empty(); }
  bool allows_all() const { return allows_all_; }
  bool allows(std::string_view origin) const;

 private:
  bool allows_all_ = false;
  std::vector<std::string> origins_;
};

// The host names under which clients may address this server. A page elsewhere can resolve its own name to
// the address of this server (DNS rebinding), so that a browser takes both for one origin, but its name still
// appears in the Host header. Addresses, "localhost", names below it, and names without a dot are always
// allowed: nobody can register them. add() is not thread-safe.
class AllowedHosts {
 public:
  // Parses a list such as "fit.example, *.shop.example", or "*" for all. kInvalid naming `setting` for an
  // entry with a port, a scheme or a path.
  static Result<AllowedHosts> parse(const std::string& setting, std::string_view list);

  // Allows another name, in lower case.
  void add(std::string name) { names_.push_back(std::move(name)); }

  // `host` is the host of a request, with or without a port. An empty one is allowed, because browsers always
  // send a host.
  bool allows(std::string_view host) const;

 private:
  bool allows_all_ = false;
  std::vector<std::string> names_;  // in lower case; "*.x" matches all names below x
};

// The host and port of an origin or another URL: "shop.example:8000" for "http://shop.example:8000/x". Empty
// when the text has no "://".
std::string_view host_of_url(std::string_view url);

// Whether a text has the form of a host's name or of an IPv4 address, in lower case.
bool is_host_name(std::string_view text);

// A host without its port: "shop.example", "[::1]".
std::string_view without_port(std::string_view host);

}  // namespace fit::http
