#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/records.h"
#include "ontology/ontology.h"
#include "search/exchange_rates.h"
#include "search/item_columns.h"
#include "search/query_parser.h"
#include "store/catalogue.h"

namespace fit::search {

// The catalogue as a query with a required filter (Query::required) sees it: no item exists but those that
// satisfy the filter. Queries are parsed with their values, names and words only, so that nothing which the
// parser says shows what other items have. Made of one state of the catalogue; later items may be missing in
// what it knows. Thread-safe; calls block. Borrows the store, the columns and the words.
class VisibleCatalogue {
 public:
  struct Parts {
    store::Catalogue& store;
    const ItemColumns& columns;
    CatalogueWords& words;  // of the whole catalogue
    ontology::Ontology ontology;
    std::shared_ptr<const ExchangeRates> rates = {};  // null: prices of other currencies cannot be compared
  };
  // `required` is the caller's filter as Query::required has it. Returns the errors of the parts.
  static Result<std::shared_ptr<VisibleCatalogue>> open(Parts parts, const Filter& required);
  ~VisibleCatalogue();

  // The required filter in the catalogue's words. It has a condition on the status.
  const Filter& filter() const { return visible_.filter; }
  const Selection& items() const { return visible_; }
  const QueryParser& parser() const;

  // Whether the item exists; judged by its listing (satisfies() in search/filter_words.h).
  bool shows(const domain::Listing& listing) const;

  // Spells the values of a text column as the first item that has each, because the columns may have the
  // spelling of an item that does not exist. Values that no item has stay.
  Result<void> spell(domain::Facet& facet) const;

  // ItemColumns::explain_empty() for a query's own filter.
  Result<std::string> explain_empty(const Filter& own) const;

  // Whether none of the items exists.
  Result<bool> has_none_of(const std::vector<ItemId>& items) const;

  // The error of a lookup that failed while the parser ran, which cannot return it.
  Result<void> check() const;

 private:
  struct State;
  VisibleCatalogue(Parts parts, const Filter& required, Selection visible);

  Result<bool> has_none(const Filter& filter) const;
  Result<std::string> missing_value(const ValueSet& values) const;

  const Parts parts_;
  const Filter required_;
  const Selection visible_;
  std::unique_ptr<State> state_;
};

}  // namespace fit::search
