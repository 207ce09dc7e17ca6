#pragma once

#include <vector>

#include "base/json.h"
#include "ingest/pages/page_product.h"

namespace fit::ingest {

// Reads products from schema.org data: Product, ProductGroup with its variants, Vehicle, Book and the like
// with Offer, AggregateOffer and their price specifications; also in @graph, with references by @id, and in
// lists. Of the offers of a product the lowest price of those that can be bought counts. Products that are
// only related to another one are left out. `documents` are JSON-LD, or items of to_schema_items().
std::vector<PageProduct> schema_products(const std::vector<Json>& documents, ValueOrigin origin,
                                         const PageSubject& subject);

// The names of the categories of a BreadcrumbList, without the first and without the product: "Women >
// Dresses".
std::string schema_breadcrumbs(const std::vector<Json>& documents, const PageSubject& subject);

}  // namespace fit::ingest
