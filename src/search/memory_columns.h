#pragma once

#include "search/catalogue_columns.h"
#include "search/item_columns.h"

namespace fit::search {

// Columns in the memory of this process. Selections have a bitmap, or select all. Thread-safe; calls do not
// fail. Borrows the columns.
class MemoryColumns final : public ItemColumns, public PropertyValues {
 public:
  // Columns that follow a store.
  explicit MemoryColumns(const CatalogueColumns& columns)
      : columns_(columns.columns()), subscriber_(&columns) {}
  // Columns that the caller fills; they have no position.
  explicit MemoryColumns(const index::ColumnStore& columns) : columns_(columns) {}

  std::optional<std::int64_t> position() const override {
    return subscriber_ == nullptr ? std::nullopt : std::optional(subscriber_->position());
  }
  void wait_for_writes() const override {
    if (subscriber_ != nullptr) subscriber_->wait_for_announced(kLongestWait);
  }
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
  Result<std::vector<std::string>> texts_of(std::string_view column) const override {
    return columns_.values_of(column);
  }
  const PropertyValues& values() const override { return *this; }
  Result<void> refresh_values() const override { return {}; }
  Result<void> refresh_values(std::span<const std::size_t> /*properties*/) const override { return {}; }

  std::optional<FoundValue> find_value(const std::string& value,
                                       std::optional<std::size_t> property = {}) const override;
  std::vector<std::string> values_after(std::size_t property, std::size_t seen) const override;

 private:
  // Changes take some milliseconds, unless an index of the same follower has much to do.
  static constexpr std::chrono::milliseconds kLongestWait{250};

  const index::ColumnStore& columns_;
  const Subscriber* subscriber_ = nullptr;
};

}  // namespace fit::search
