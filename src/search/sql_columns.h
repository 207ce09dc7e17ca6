#pragma once

#include <chrono>

#include "base/metrics.h"
#include "search/item_columns.h"
#include "search/known_values.h"
#include "store/catalogue.h"
#include "store/pgvector/vector_search.h"

namespace fit::search {

// Columns that the database filters and counts. This process caches only the values of properties, for some
// seconds, so that any number of processes may share one database. Selections have a filter and no bitmap.
// Thread-safe; calls block, and return the errors of the store. Borrows its parts.
class SqlColumns final : public ItemColumns {
 public:
  // `values_age` is the greatest age of the cached values of properties.
  SqlColumns(store::Catalogue& store, store::VectorSearch& search, Metrics& metrics,
             std::chrono::milliseconds values_age = std::chrono::seconds(2));

  std::optional<std::int64_t> position() const override { return std::nullopt; }
  Result<Selection> select(const Filter& filter) const override;
  Result<bool> is_empty(const Selection& selection) const override;
  Result<std::vector<domain::Facet>> facets(std::span<const std::string> names, const Selection& selection,
                                            std::size_t most, const domain::PriceUnit* unit) const override;
  Result<std::vector<ItemId>> first_with(const std::string& column, std::span<const std::string> values,
                                         const Selection& selection) const override;
  Result<std::vector<ItemId>> latest(const Selection& selection, std::size_t limit) const override;
  Result<std::vector<domain::SortedItem>> sorted(const Selection& selection,
                                                 const domain::SortRequest& request) const override;
  Result<std::vector<std::vector<PropertyMatch>>> match(
      std::span<const ItemId> items, std::span<const PropertyCondition> conditions) const override;
  Result<std::vector<std::string>> property_of(std::span<const ItemId> items,
                                               std::size_t property) const override;
  Result<std::vector<double>> freshness(std::span<const ItemId> items, Timestamp now) const override;
  Result<std::string> explain_empty(const Filter& filter) const override;
  Result<std::vector<std::string>> texts_of(std::string_view column) const override;
  const PropertyValues& values() const override { return values_; }
  Result<void> refresh_values() const override { return values_.refresh(); }
  Result<void> refresh_values(std::span<const std::size_t> properties) const override {
    return values_.refresh(properties);
  }

 private:
  Result<domain::Facet> text_facet(const std::string& name, const Filter& filter, std::size_t most) const;
  Result<domain::Facet> price_facet(const Filter& filter, const domain::PriceUnit* unit) const;
  Result<std::string> missing_value(const ValueSet& values) const;

  store::Catalogue& store_;
  store::VectorSearch& search_;
  mutable KnownValues values_;
  Histogram& items_seconds_;
  Histogram& facets_seconds_;
};

}  // namespace fit::search
