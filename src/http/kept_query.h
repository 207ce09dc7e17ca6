#pragma once

#include <cstddef>

#include "base/json.h"
#include "http/search_request.h"

namespace fit::http {

// A query of a request that the server keeps: of a saved search, or of a short link.
struct KeptQuery {
  Json request;          // as the client gave it, without its photo
  SearchRequest search;  // neither paged nor sorted, without facets
};

// Takes the member "query" out of a body and reads it: filters alone, or what POST /api/v1/search takes.
// kInvalid for members that are for one request or for several tenants. Errors name fields as "query.text".
Result<KeptQuery> take_kept_query(Json& body, std::size_t max_image_bytes);

// The error of a search with the field named within the body.
Error in_query(Error error);

}  // namespace fit::http
