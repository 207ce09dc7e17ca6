#pragma once

#include "domain/vectors.h"
#include "search/backend.h"
#include "search/item_columns.h"
#include "search/space_index.h"

namespace fit::search {

// Answers from this process's memory: an index that follows the store, all items' filter columns, and an
// index of their texts where there is one. Does not own its parts.
class MemoryBackend final : public Backend {
 public:
  MemoryBackend(store::Catalogue& store, const SpaceIndex& index, const ItemColumns& columns,
                const SpaceIndex* texts = nullptr)
      : store_(store), index_(index), columns_(columns), texts_(texts) {}

  const domain::SpaceRecord& space() const override { return index_.space(); }
  bool is_complete() const override { return index_.complete(); }
  Result<BackendState> state() const override;
  std::optional<std::int64_t> position_reached() const override;
  Result<std::unique_ptr<Selection>> select(const Filter& filter) const override;
  Result<bool> is_empty(const Selection& selection) const override;
  Result<std::vector<domain::Neighbor>> nearest(std::span<const float> vector, std::size_t limit,
                                                const Selection& selection,
                                                float min_similarity) const override;
  Result<std::vector<domain::Neighbor>> candidates(std::span<const float> vector, std::size_t limit,
                                                   const Selection& selection) const override;
  Result<std::vector<domain::Neighbor>> nearest_texts(std::span<const float> vector, std::size_t limit,
                                                      const Selection& selection) const override;
  Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> items) const override;
  Result<store::WordResults> find_words(std::span<const std::string> words, std::size_t limit,
                                        const Selection& selection) const override;
  Result<std::vector<std::vector<PropertyMatch>>> match_properties(
      std::span<const ItemId> items, std::span<const PropertyCondition> questions) const override;
  Result<std::vector<std::string>> properties_of(std::span<const ItemId> items,
                                                 std::size_t property) const override;
  Result<std::vector<double>> freshness(std::span<const ItemId> items) const override;
  Result<std::vector<ItemId>> latest(const Selection& selection, std::size_t limit) const override;
  Result<std::vector<Facet>> facets(std::span<const std::string> names,
                                    const Selection& selection) const override;
  Result<std::string> why_nothing_matches(const Filter& filter) const override;
  const PropertyValues& values() const override { return columns_; }
  Result<void> refresh_values() const override { return {}; }

 private:
  store::Catalogue& store_;
  const SpaceIndex& index_;
  const ItemColumns& columns_;
  const SpaceIndex* texts_;
};

}  // namespace fit::search
