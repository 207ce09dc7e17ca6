#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "search/search_engine.h"

namespace fit::http {

// The most tenants that one search asks.
inline constexpr std::size_t kMaxSearchedTenants = 256;
// Stands for all tenants that the caller may search.
inline constexpr std::string_view kAllTenants = "*";

// The query of a request: parsed and checked, and not executed yet.
struct SearchRequest {
  search::Query query;                     // includes the image that the request contains
  std::string filters;                     // the filters as the request has them, a JSON object; empty: none
  std::string image_url;                   // the URL of the image to fetch into query.image; empty: none
  bool has_limit = false;                  // the request names a limit
  std::vector<std::string> given_weights;  // the names of the weights that the request states
  // The tenants to search, each name once, or "*" alone: all that the caller may search. Empty: the caller's
  // own.
  std::vector<std::string> tenants;
  std::string item_tenant;  // the tenant of query.item_id; set where `tenants` and query.item_id are

  // Whether the request states weights that are adapted otherwise (search/fusion.h).
  bool has_fused_weights() const {
    return std::ranges::any_of(
        given_weights, [](const std::string& name) { return name != "freshness" && name != "taste"; });
  }
};

// The forms of requests. search_fields.h lists the fields of each.
enum class SearchForm {
  kPhoto,   // POST /search_by_image
  kAny,     // POST /api/v1/search: every field
  kBrowse,  // GET /api/v1/items: no photo, example or words
  kDetect,  // POST /api/v1/detect: a photo alone
};

// Parses a JSON body. Errors: kMalformed (not a JSON object, not base64), kInvalid naming the field (unknown,
// given twice, wrong type or value, an empty query, two photos or items), kTooLarge (image over
// `max_image_bytes`). A member that is null counts as not given. Fast for images of megabytes: base64 is
// decoded in place.
Result<SearchRequest> parse_search_json(std::string_view body, SearchForm form, std::size_t max_image_bytes);

// Parses a multipart/form-data body, where lists and objects are JSON texts and empty parts count as absent.
// Errors as for parse_search_json().
Result<SearchRequest> parse_search_form(std::string_view content_type, std::string_view body, SearchForm form,
                                        std::size_t max_image_bytes);

// The error of a body that is not of a wanted content type: kUnsupportedMedia.
Error wrong_media(std::string_view content_type, std::string_view wanted);

// Parses the body of a request by its content type, JSON or multipart/form-data. wrong_media() for another
// one; other errors as for parse_search_json().
Result<SearchRequest> parse_search_body(const Request& request, SearchForm form, std::size_t max_image_bytes);

// Parses the query string of a URL that lists the catalogue's latest items; lists and objects are JSON texts.
// Errors as for parse_search_json().
Result<SearchRequest> parse_browse(std::string_view url_query);

}  // namespace fit::http
