#include "search/deep_links.h"

#include <array>
#include <cctype>
#include <string_view>

#include "base/percent_encoding.h"

namespace fit::search {
namespace {

struct AppScheme {
  std::string_view source;
  std::string_view prefix;  // precedes the listing's id
};

// One line per marketplace with an app that opens its own links.
constexpr std::array kSchemes = {
    AppScheme{"depop", "depop://product/"},
    AppScheme{"vinted", "vinted://item/"},
    AppScheme{"poshmark", "poshmark://listing/"},
};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string deep_link(const domain::Listing& listing) {
  for (const AppScheme& scheme : kSchemes) {
    if (same_ignoring_case(listing.source, scheme.source) && !listing.external_id.empty()) {
      return std::string(scheme.prefix) + percent_encode(listing.external_id);
    }
  }
  return listing.url;
}

}  // namespace fit::search
