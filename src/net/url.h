#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fit::net {

// The parts of an http or https URL.
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address has its brackets
  std::string port;    // empty: the scheme's own
  std::string path;    // begins with "/"; escaped, without "." and ".." segments
  std::string query;   // without "?"; empty when there is none

  // Scheme, host and port: "https://shop.example:8443".
  std::string origin() const;
  // Host and port: "shop.example:8443".
  std::string authority() const { return port.empty() ? host : host + ":" + port; }
  // Path and query, as a request has them: "/a?b=c".
  std::string target() const { return query.empty() ? path : path + "?" + query; }
  std::string text() const { return origin() + target(); }

  friend bool operator==(const Url&, const Url&) = default;
};

// Parses an absolute URL: blanks and characters outside ASCII are escaped, the fragment and credentials are
// dropped. nullopt for other schemes and for texts that are no URL or longer than 8,192 bytes.
std::optional<Url> parse_url(std::string_view text);
// Resolves a reference, as links have them ("../a", "//host/a", "?page=2"), against a URL (RFC 3986, 5).
// nullopt as for parse_url(), also for "mailto:" and the like.
std::optional<Url> resolve_url(const Url& base, std::string_view reference);

}  // namespace fit::net
