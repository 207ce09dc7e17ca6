#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "search/search_engine.h"

namespace fit::http {

// A question as a client sent it, checked but not yet asked.
struct SearchRequest {
  search::Query query;    // an image that came along is in query.image
  std::string image_url;  // still to be fetched into query.image
};

// Which ways of asking an address takes.
enum class SearchForm {
  kPhoto,  // POST /search_by_image: image_base64 only
  kAny,  // POST /api/v1/search: image_base64, image (file, multipart only), image_url or item_id; text; like
  kBrowse,  // GET /api/v1/items: no question; filters, facets, limit, cursor
};

// Reads a JSON body. Errors: kMalformed (not a JSON object, not base64), kInvalid naming the field (unknown,
// twice, wrong type or value, no question, two photos or items), kTooLarge (image over `max_image_bytes`).
// A member that is null counts as not given. Fast for images of megabytes: the base64 text is decoded where
// it lies.
Result<SearchRequest> parse_search_json(std::string_view body, SearchForm form, std::size_t max_image_bytes);

// The same from multipart/form-data, where "filters" is a JSON text.
Result<SearchRequest> parse_search_form(std::string_view content_type, std::string_view body,
                                        std::size_t max_image_bytes);

// The catalogue's latest items, from the query of a URL, where "filters" and "facets" are JSON texts. Other
// names in it are passed over.
Result<SearchRequest> parse_browse(std::string_view url_query);

}  // namespace fit::http
