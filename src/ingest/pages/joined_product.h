#pragma once

#include <vector>

#include "ingest/pages/listing_page.h"
#include "ingest/pages/page_product.h"

namespace fit::ingest {

// Makes one listing of what the parts of a page say about one product: of each field the first value that can
// be read counts, so that the order of the parts is their rank.
PageListing join_parts(const std::vector<PageProduct>& parts, const PageSubject& subject);

// read_listings() with products that rank before all others: those of a recipe.
ListingPage read_listings(const WebPage& page, const std::vector<PageProduct>& preferred);

}  // namespace fit::ingest
