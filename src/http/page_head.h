#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace fit::http {

// What a page says about itself to those who do not run it: search engines, and messengers that show a
// preview of a link. Texts may be anybody's: they are escaped when they are written.
struct PageHead {
  struct Image {
    std::string url;  // absolute
    int width = 0;    // in pixels; 0: not known
    int height = 0;
    std::string description = {};
  };

  std::string title;             // empty: the name of the site alone
  std::string description;       // empty: the one that the page has
  std::string url;               // absolute: the one address of what the page shows
  std::string type = "website";  // of OpenGraph: "website", "product"
  std::optional<Image> image = {};
  std::optional<double> price = {};
  std::string currency = {};  // ISO 4217
  bool is_for_search_engines = true;
  Json data = {};  // JSON-LD; null: none
};

// The most characters of a title and of a description that are written.
inline constexpr std::size_t kHeadTitleCharacters = 120;
inline constexpr std::size_t kHeadDescriptionCharacters = 300;

// A text in one line of at most `characters`, the last of which is "…" if it was cut. Control characters,
// marks of direction, by which a text would turn what stands beside it, and bytes that are no UTF-8 are left
// out.
std::string head_text(std::string_view text, std::size_t characters);

// The texts that are not empty, with " · " between them.
std::string joined_head_texts(std::initializer_list<std::string_view> texts);

// An amount without zeros at its end: "39.9 EUR", "40" without a currency.
std::string head_price(double price, std::string_view currency);

// The page with the head in place of its title and its description. JSON-LD is data, which the policy of
// pages needs no exception for, and has no "<".
std::string page_with_head(std::string_view html, const PageHead& head, std::string_view site_name);

}  // namespace fit::http
