#pragma once

#include "base/result.h"
#include "domain/records.h"
#include "search/catalogue_words.h"
#include "search/exchange_rates.h"
#include "search/item_columns.h"

namespace fit::search {

// The filter with each value of a property followed by the catalogue's texts that mean the same
// (CatalogueWords::same_as), up to the latest write, and each size by its spellings (domain/garment_size.h).
// Other columns keep their values. Does nothing for a filter without properties and sizes; otherwise blocks
// as the columns do, and returns their errors.
Result<Filter> in_catalogue_words(const ItemColumns& columns, CatalogueWords& words, Filter filter);

// Whether an item satisfies the filter in_catalogue_words() of `filter`. Reads the listing, the ontology and
// the rates of exchange only, so that the latest state of an item can be judged before columns have it.
// Ignores Filter::among and Filter::converted: an external_id is compared with the listing's, and
// Filter::price_in with its price. `rates` may be null. Thread-safe.
bool satisfies(const domain::Listing& listing, const CatalogueWords& words, const ExchangeRates* rates,
               const Filter& filter);

}  // namespace fit::search
