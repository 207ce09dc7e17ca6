#pragma once

#include <string>

#include "http/search_request.h"

namespace fit::http {

// What a user's history says about a search: a JSON object with "text", "filters", "item_id", "like",
// "unlike", "tenants" and "item_tenant" as the request has them, and "has_photo". It is small: long texts are
// cut, long filters left out, and nothing of a photo is in it.
std::string describe_search(const SearchRequest& request);

}  // namespace fit::http
