#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/facet.h"
#include "search/catalogue_words.h"
#include "search/item_columns.h"

namespace fit::search {

class VisibleCatalogue;

// The conditions of a selection, apart. Borrowed.
struct FacetConditions {
  const Filter& own;                          // those of the query
  const VisibleCatalogue* visible = nullptr;  // what Query::required shows; null: all items exist
  const domain::PriceUnit* unit = nullptr;    // as for ItemColumns::facets()
};

// Counts the values of columns over the selected items. Texts of a property with the same meaning are one
// value, called as the ontology calls it: its items are those that the filter in_catalogue_words() of this
// value finds. Texts that the ontology does not know are called as the first item spells them, which is one
// that exists for the query. Texts of one size are one value, too (domain/garment_size.h), and sizes are in
// their natural order. A facet leaves out the filter's conditions on its own column: it has the values
// that can be chosen beside or instead of the chosen one, with the number of items that each would find. The
// facet "status" keeps its conditions, because a filter without them stands for active items. The conditions
// of a required filter are never left out. `names` as parse_facets() returns them; the facets have their
// order. Errors are those of `columns`. Blocks as `columns` does.
Result<std::vector<domain::Facet>> count_facets(const ItemColumns& columns, const CatalogueWords& words,
                                                std::span<const std::string> names,
                                                const Selection& selection,
                                                const FacetConditions& conditions);
// Of a selection without a required filter.
Result<std::vector<domain::Facet>> count_facets(const ItemColumns& columns, const CatalogueWords& words,
                                                std::span<const std::string> names,
                                                const Selection& selection);

}  // namespace fit::search
