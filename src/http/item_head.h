#pragma once

#include <string>

#include "domain/records.h"
#include "http/page_head.h"
#include "search/result_views.h"

namespace fit::http {

// The site whose pages have heads.
struct HeadSite {
  std::string name;
  std::string origin;    // "https://shop.example" (own_origin.h)
  std::string currency;  // of prices without one; empty: none
  search::ResultViews views;
};

// What an item is called: its title, otherwise what is seen of it, such as "Brown shirt".
std::string head_name_of(const domain::ItemRecord& item);

// The picture of an item for previews: its first image, at full size where previews read its format.
std::optional<PageHead::Image> head_image_of(const domain::ItemRecord& item, const HeadSite& site);

// The head of the page of an item: its name, price and picture, and a Product of schema.org. One that is
// hidden or removed is not for search engines.
PageHead item_head(const domain::ItemRecord& item, const HeadSite& site);

}  // namespace fit::http
