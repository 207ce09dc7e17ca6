#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/pages/web_page.h"

namespace fit::ingest {

// A pattern of addresses. "*" stands for any characters but "/", "**" for any characters, "?" for itself. A
// pattern that begins with "/" is compared with path and query, any other one with the whole address. Without
// "*" at its end it must match up to the end. Immutable; matching takes time linear in the product of both
// lengths.
class LinkPattern {
 public:
  // kInvalid naming `field` for an empty pattern and for one of more than kMaxPattern bytes.
  static Result<LinkPattern> make(std::string_view field, std::string_view pattern);
  bool matches(std::string_view url) const;
  const std::string& text() const { return text_; }

  static constexpr std::size_t kMaxPattern = 500;

 private:
  explicit LinkPattern(std::string_view text) : text_(text) {}
  std::string text_;
};

bool matches_any(const std::vector<LinkPattern>& patterns, std::string_view url);

// The links of a page: the absolute http and https addresses of <a>, <area> and <link rel="next"> on the
// page's own host, without fragments, session ids and tracking parameters, each once, in their order, at most
// kMaxLinks.
std::vector<std::string> page_links(const WebPage& page);
// The address of the next page of a list (rel="next"); empty without one.
std::string next_page(const WebPage& page);

// An address without its fragment, session ids and parameters that only track visitors. Host and scheme are
// in lower case.
std::string clean_url(std::string_view url);
// The absolute address of `reference` on a page; empty when it is not http or https.
std::string absolute_url(std::string_view base, std::string_view reference);
// The host of an address with its port, in lower case and without "www."; empty when it has none.
std::string url_host(std::string_view url);

inline constexpr std::size_t kMaxLinks = 5000;

}  // namespace fit::ingest
