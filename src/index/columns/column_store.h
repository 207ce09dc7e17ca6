#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "domain/facet.h"
#include "domain/filter_columns.h"
#include "domain/item_filter.h"
#include "domain/price_unit.h"
#include "domain/records.h"
#include "domain/sort_order.h"
#include "index/columns/number_column.h"
#include "index/columns/text_column.h"
#include "index/item_set.h"

namespace fit::index {

// The filterable columns of every item, in memory, by item id: a filter over a large catalogue reads a few
// bytes an item and no database. An item takes about 30 bytes (docs/benchmarks.md).
// Thread-safe: any number of readers run beside one writer, which waits for them; save() is a reader.
class ColumnStore {
 public:
  void upsert(std::span<const domain::FilterColumns> items);
  void remove(std::span<const ItemId> items);  // ignores unknown ids
  void clear();

  // The items that satisfy the filter; nullopt when every item does. Items that are not active satisfy only
  // filters with a condition on "status" (domain::ItemFilter).
  std::optional<ItemSet> matching(const domain::ItemFilter& filter) const;

  // The facets of these items, or of all active items when `items` is nullptr, with at most `most` values
  // each. A name is one of domain::kTextColumns or "price". `unit` is the currency
  // in which prices are counted; one that it cannot convert counts as missing. Null: amounts are counted.
  std::vector<domain::Facet> facets(std::span<const std::string> names, const ItemSet* items,
                                    std::size_t most = domain::kMaxFacetValues,
                                    const domain::PriceUnit* unit = nullptr) const;

  // For each of the (lower-case) values of a text column, the one of these items (nullptr: of the active
  // items) with the smallest id that has it; id 0 where none has.
  std::vector<ItemId> first_with(std::string_view column, std::span<const std::string> values,
                                 const ItemSet* items) const;

  // At most `limit` of these items, or of all active items when `items` is nullptr, by descending id.
  std::vector<ItemId> latest(const ItemSet* items, std::size_t limit) const;

  // The first of these items (nullptr: of the active items) in an order, with what they are ordered by.
  std::vector<domain::SortedItem> sorted(const ItemSet* items, const domain::SortRequest& request) const;

  // The items' codes in a text column beside the codes of `values` (lower case): what a caller needs to
  // compare many items with a few values.
  struct Codes {
    std::vector<std::uint32_t> items;   // 0: no value
    std::vector<std::uint32_t> values;  // the codes of those values that the column has
  };
  Codes codes(std::size_t column, std::span<const ItemId> items, std::span<const std::string> values) const;

  // The items' texts in a column, in lower case; empty: no value, or an unknown item.
  std::vector<std::string> texts(std::size_t column, std::span<const ItemId> items) const;

  // The times at which the items were listed; nullopt for an item without a time and for an unknown item.
  std::vector<std::optional<Timestamp>> listing_times(std::span<const ItemId> items) const;

  // Whether some item has one of the values.
  bool has_value(const domain::ValueSet& values) const;
  // The values that items have in a text column, each in the spelling that came first; empty for another
  // name.
  std::vector<std::string> values_of(std::string_view column) const;
  // How many items have the (lower-case) value, by property.
  std::array<std::size_t, domain::kProperties.size()> property_counts(const std::string& value) const;
  // The texts that a property ever had, in the order in which they came, from the one after the first `seen`.
  std::vector<std::string> property_texts(std::size_t property, std::size_t seen) const;

  std::size_t size() const;          // items
  std::size_t memory_bytes() const;  // the columns and their dictionaries

  // Writes a snapshot with a checksum to `file`, and makes its folder if need be. The new file is written
  // beside the old one, synced and renamed. `catalogue` is the catalogue's id, `position` the change number
  // up to which the columns are complete. An error leaves the old snapshot; kConflict while another process
  // saves there.
  Result<void> save(const std::filesystem::path& file, const std::string& catalogue,
                    std::int64_t position) const;

  // Replaces the content by a snapshot of that catalogue and returns its position. kNotFound when there is
  // none; kMalformed when it is damaged, or of another catalogue, format version or list of columns: the
  // caller then reads all rows from the store. An error leaves the columns as they were.
  Result<std::int64_t> load(const std::filesystem::path& file, const std::string& catalogue);

 private:
  // A condition on a text column as codes.
  struct Condition {
    const TextColumn* column = nullptr;
    std::vector<std::uint32_t> codes;
    bool wanted = true;  // true: the row has one of the codes; false: it has none of them

    // Clears the bits of the rows that do not satisfy the condition. `matches` is scratch memory.
    void apply(std::span<std::uint64_t> bits, std::vector<std::uint64_t>& matches) const;
  };
  void take(ColumnStore&& other);  // replaces the content
  static Condition condition(const TextColumn& column, const domain::ValueSet& values, bool wanted);

  Result<std::int64_t> restore(ByteView snapshot, const std::string& catalogue);

  // Callers hold mutex_.
  bool has_row(std::size_t row) const {
    return row / 64 < present_.size() && (present_[row / 64] >> (row % 64) & 1) != 0;
  }
  std::uint64_t members(const ItemSet* items, std::size_t word) const;
  void keep_in_ranges(std::span<const domain::PriceRange> ranges, std::span<std::uint64_t> bits) const;
  std::size_t rows() const { return present_.size() * 64; }
  void grow_to(std::size_t rows);
  void clear_row(std::size_t row);
  void update_active_code() { active_code_ = columns_[domain::kStatusColumn].find("active"); }
  domain::Facet text_facet(const TextColumn& column, const ItemSet* items, std::size_t most) const;
  domain::Facet price_facet(const ItemSet* items, const domain::PriceUnit* unit) const;
  // What one unit of each currency is in the unit, by code; 0: there is no rate. Empty without a unit.
  std::vector<double> factors_of(const domain::PriceUnit* unit) const;
  // What the price of a row is compared by.
  std::optional<double> compared_price(std::size_t row, std::span<const double> factors) const;
  template <class Visit>
  void visit_rows(const ItemSet* items, const Visit& visit) const;

  mutable std::shared_mutex mutex_;  // guards the members below
  std::array<TextColumn, domain::kTextColumns.size()> columns_;
  PriceColumn prices_;
  TimeColumn listed_at_;
  TextColumn currencies_;
  std::vector<std::uint64_t> present_;  // a bit a row; every column has 64 rows for each word
  std::size_t count_ = 0;
  std::uint32_t active_code_ = 0;  // the code of "active" in the status column; 0: no item ever was active
};

}  // namespace fit::index
