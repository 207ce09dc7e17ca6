#pragma once

#include "base/json.h"
#include "base/result.h"
#include "search/query.h"

namespace fit::alerts {

// What a query asks for, as the tables of this folder have it, without its photo, its pages and its order.
Json query_json(const search::Query& query);
// kDamaged for what query_json() has not written.
Result<search::Query> stored_query(const Json& json);

}  // namespace fit::alerts
