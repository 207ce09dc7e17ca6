#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "http/item_head.h"

namespace fit::http {

// The filters of a search page's address ("brand=COS&price=20-60-EUR"), as far as they are values, in the
// form of a query: {"brand": ["COS"], "price_range": [20, 60]}.
Json filters_of_address(std::string_view url_query);

// The head of a page that shows a search: its words and values in place of a title. Such pages are as many as
// there are words, so that search engines are asked to leave them out. `filters` is an object, of any
// members.
PageHead search_head(std::string_view words, const Json& filters);

// The head of the start page, or of the search that its address has.
PageHead start_head(std::string_view url_query, const HeadSite& site);

}  // namespace fit::http
