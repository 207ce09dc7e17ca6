#pragma once

#include <vector>

#include "base/json.h"
#include "ingest/pages/page_product.h"

namespace fit::ingest {

// The JSON that the scripts of a page read: scripts of a JSON type (__NEXT_DATA__, __NUXT_DATA__), values
// that are assigned, passed or returned in other scripts (window.__STATE__ = {…}, JSON.parse("…"),
// window.__NUXT__ = function (a) { return {…} }). Names of variables in them are null. JSON-LD is not among
// them.
std::vector<Json> page_states(const HtmlTree& tree);

// The objects in the states that name a title and a price, by the names that imports know
// (ingest/import/shape.h), those first that the page is about. At most 50.
std::vector<PageProduct> state_products(const std::vector<Json>& states, const PageSubject& subject);

}  // namespace fit::ingest
