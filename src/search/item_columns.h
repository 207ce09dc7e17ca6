#pragma once

#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "domain/records.h"
#include "index/item_set.h"
#include "search/backend.h"
#include "search/facets.h"
#include "search/filter.h"
#include "search/property_values.h"

namespace fit::search {

// The filterable columns of every item, in memory, so that a filter over a large catalogue costs about a
// tenth of a millisecond per 100,000 items and no database query. Texts are dictionary-coded, without regard
// to letter case; about 120 bytes an item. Thread-safe: any number of matching() calls beside one writer.
class ItemColumns final : public PropertyValues {
 public:
  void upsert(std::span<const domain::FilterColumns> items);
  void remove(std::span<const ItemId> items);

  // The items that satisfy the filter, or nothing when all do. An item whose status is not "active" is left
  // out unless the filter has a condition on "status".
  std::optional<index::ItemSet> matching(const Filter& filter) const;

  // How many of the set's items have each value, or of all active ones (nullptr). `names` as parse_facets()
  // gives them.
  std::vector<Facet> facets(std::span<const std::string> names, const index::ItemSet* set) const;

  // Why no item satisfies the filter, for the client: a value that no item has (with the nearest that one
  // has), conditions that contradict each other. A sentence without a final period.
  std::string why_nothing_matches(const Filter& filter) const;

  std::optional<FoundValue> find_value(const std::string& value,
                                       std::optional<std::size_t> property = {}) const override;
  std::vector<std::string> values_after(std::size_t property, std::size_t seen) const override;

  // Whether each item's property says one of the (lower-case) values.
  std::vector<PropertyMatch> match_properties(std::span<const ItemId> items, std::size_t property,
                                              std::span<const std::string> values) const;

  // How lately each item was listed beside the latest one: 1 for that, half of it for each 30 days before, 0
  // where it is not known.
  std::vector<double> freshness(std::span<const ItemId> items) const;

  // The item's property in lower case; empty when not known.
  std::string property_of(ItemId item, std::size_t property) const;

  // At most `limit` items of the set, or of all active ones (nullptr): the latest ids, descending.
  std::vector<ItemId> latest(const index::ItemSet* set, std::size_t limit) const;

  std::size_t size() const;

  // Held by who follows the store, so that several may.
  std::mutex& following() { return following_; }
  // The store's position up to which the columns have followed; whoever writes to them says so.
  std::int64_t position() const { return position_; }
  void set_position(std::int64_t position) { position_ = position; }

 private:
  // source, brand, size, status, then domain::kProperties.
  static constexpr std::size_t kTextColumns = 4 + domain::kProperties.size();
  static constexpr std::size_t kStatus = 3;
  static std::optional<std::size_t> column_of(std::string_view name);

  struct TextColumn {
    std::unordered_map<std::string, std::uint32_t> codes;  // lower-case text -> 1, 2, ...
    std::vector<std::uint32_t> rows;                       // by item id; 0: no value
    std::vector<std::string> names;                        // by code - 1: the text as it first came
    std::vector<std::uint32_t> counts;                     // by code - 1: items that have it

    std::uint32_t code(const std::string& text);
    void count(std::uint32_t code, bool more);
    bool has(const std::string& text) const;  // some item has it
  };

  // A condition on a column as codes.
  struct Condition {
    const TextColumn* column = nullptr;
    std::vector<std::uint32_t> codes;
    bool wanted = true;  // else none of the codes

    // Clears the bits of the rows for which it does not hold; `among` is room for as many.
    void apply(std::span<std::uint64_t> bits, std::vector<std::uint64_t>& among) const;
  };
  static Condition condition(const TextColumn& column, const ValueSet& values, bool wanted);
  template <class Visit>
  void visit_items(const index::ItemSet* set, const Visit& visit) const;
  bool is_member(const index::ItemSet* set, std::size_t row) const;
  Facet text_facet(const TextColumn& column, const index::ItemSet* set) const;
  Facet price_facet(const index::ItemSet* set) const;
  std::string missing_value(const ValueSet& values) const;

  void grow_to(std::size_t rows);
  void clear_row(std::size_t row);

  std::mutex following_;
  mutable std::shared_mutex mutex_;
  std::array<TextColumn, kTextColumns> texts_;
  std::vector<double> prices_;           // NaN: no price
  std::vector<std::int64_t> listed_at_;  // microseconds since 1970; lowest: not known
  std::int64_t newest_ = std::numeric_limits<std::int64_t>::min();  // of those ever seen
  std::vector<std::uint8_t> present_;  // 0 or 1; like all columns, whole blocks of 64 rows
  std::size_t count_ = 0;
  std::size_t inactive_ = 0;
  std::atomic<std::int64_t> position_ = 0;
};

}  // namespace fit::search
