#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/facet.h"
#include "domain/price_unit.h"
#include "domain/sort_order.h"
#include "search/property_values.h"
#include "search/selection.h"

namespace fit::search {

// How an item's property compares with the requested values.
enum class PropertyMatch : std::uint8_t { kUnknown, kEqual, kDifferent };

// A property and the (lower-case) values that match it. Borrowed.
struct PropertyCondition {
  std::size_t property = 0;  // index into domain::kProperties
  std::span<const std::string> values;
};

// The filterable columns of a catalogue's items. Implementations: in this process (search/memory_columns.h)
// and in the database (search/sql_columns.h). Thread-safe; calls may block. Errors are the store's.
class ItemColumns {
 public:
  virtual ~ItemColumns() = default;

  // The position that the columns have reached; nullopt for columns in the database, which are never behind.
  virtual std::optional<std::int64_t> position() const = 0;

  // Waits a short time until the columns have what this process wrote before the call. Returns at once for
  // columns in the database.
  virtual void wait_for_writes() const {}

  // The items that satisfy the filter.
  virtual Result<Selection> select(const Filter& filter) const = 0;

  // Whether no item is selected. Columns in the database return false for a filter without conditions.
  virtual Result<bool> is_empty(const Selection& selection) const = 0;

  // The number of selected items with each of the `most` commonest texts. `names` are those of
  // parse_facets(). Clients get the facets of count_facets() (search/facet_counts.h). `unit` is the currency
  // in which prices are counted; one that it cannot convert counts as missing. Null: amounts are counted.
  virtual Result<std::vector<domain::Facet>> facets(std::span<const std::string> names,
                                                    const Selection& selection, std::size_t most,
                                                    const domain::PriceUnit* unit) const = 0;

  // For each of the (lower-case) values of a text column, the selected item with the smallest id that has it;
  // id 0 where none has.
  virtual Result<std::vector<ItemId>> first_with(const std::string& column,
                                                 std::span<const std::string> values,
                                                 const Selection& selection) const = 0;

  // At most `limit` selected items, by descending id: the latest first.
  virtual Result<std::vector<ItemId>> latest(const Selection& selection, std::size_t limit) const = 0;

  // The first selected items in an order, with what they are ordered by.
  virtual Result<std::vector<domain::SortedItem>> sorted(const Selection& selection,
                                                         const domain::SortRequest& request) const = 0;

  // One list for each condition, with the match of each item.
  virtual Result<std::vector<std::vector<PropertyMatch>>> match(
      std::span<const ItemId> items, std::span<const PropertyCondition> conditions) const = 0;

  // The items' values of a property, in lower case; empty where an item has none.
  virtual Result<std::vector<std::string>> property_of(std::span<const ItemId> items,
                                                       std::size_t property) const = 0;

  // The freshness_of() each item at the time `now`; 0 for items without a listing time.
  virtual Result<std::vector<double>> freshness(std::span<const ItemId> items, Timestamp now) const = 0;

  // The reason, for the client, why no item satisfies the filter: a value that no item has (with the nearest
  // existing value), or conditions that exclude each other. A sentence without a final period.
  virtual Result<std::string> explain_empty(const Filter& filter) const = 0;

  // The texts that items have in a text column (domain::kTextColumns), each once for all letter cases, in no
  // particular order; of more than 50,000 those of the most items.
  virtual Result<std::vector<std::string>> texts_of(std::string_view column) const = 0;

  // The values of properties that words can mean, owned by the columns. refresh_values() makes them some
  // seconds old at most, with `properties` (indexes into domain::kProperties) those as current as select().
  virtual const PropertyValues& values() const = 0;
  virtual Result<void> refresh_values() const = 0;
  virtual Result<void> refresh_values(std::span<const std::size_t> properties) const = 0;

 protected:
  ItemColumns() = default;
  ItemColumns(const ItemColumns&) = default;
  ItemColumns& operator=(const ItemColumns&) = default;
};

// The freshness at `now` of an item listed at `time`: 2 to the power of -age / 30 days; 1 up to a day in the
// future, and 0 for later times, which are mistakes.
double freshness_of(Timestamp time, Timestamp now);

}  // namespace fit::search
