#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::http {

// The origins whose web pages may call this server from a browser. Immutable.
class AllowedOrigins {
 public:
  // Reads a list such as "https://shop.example, http://localhost:5173", or "*" for all; empty allows none.
  // kInvalid naming `setting` for anything that no browser sends as an origin: a path, capitals, a default port.
  static Result<AllowedOrigins> parse(const std::string& setting, std::string_view list);

  bool is_empty() const { return !allows_all_ && origins_.empty(); }
  bool allows_all() const { return allows_all_; }
  bool allows(std::string_view origin) const;

 private:
  bool allows_all_ = false;
  std::vector<std::string> origins_;
};

// The names under which clients may address this server. A web page elsewhere can give its own name the address
// of this server (DNS rebinding), and a browser then takes the page and this server for one origin; it cannot
// hide that name in the Host field. Always allowed are addresses, "localhost" and names below it, and names
// without a dot, which nobody can register: none of them can be such a page's. Immutable.
class AllowedHosts {
 public:
  // Reads a list such as "fit.example, *.shop.example", or "*" for all. kInvalid naming `setting` for a name
  // with a port, a scheme or a path.
  static Result<AllowedHosts> parse(const std::string& setting, std::string_view list);

  // Allows a name more.
  void add(std::string name) { names_.push_back(std::move(name)); }

  // `host` is that of a request, with or without a port. An empty one is allowed: no browser sends it.
  bool allows(std::string_view host) const;

 private:
  bool allows_all_ = false;
  std::vector<std::string> names_;  // in lower case; "*.x" stands for all names below x
};

// The host with its port of an origin or another URL: "shop.example:8000" of "http://shop.example:8000/x".
// Empty when there is none.
std::string_view host_of_url(std::string_view url);

// A host without its port: "shop.example", "[::1]".
std::string_view without_port(std::string_view host);

}  // namespace fit::http
