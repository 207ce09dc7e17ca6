#pragma once

#include "base/json.h"
#include "base/result.h"
#include "domain/item_filter.h"

namespace fit::alerts {

// A filter as the tables of this folder have it, whole: also filters of no single form of the API, such as
// those of a key and a query together. `among`, `denied` and `converted`, which were found in one state of
// the catalogue and of the rates of exchange, are left out, unless `among` is empty and excludes every item.
Json filter_json(const domain::ItemFilter& filter);
// kDamaged for what filter_json() has not written.
Result<domain::ItemFilter> stored_filter(const Json& json);

}  // namespace fit::alerts
