#pragma once

#include <chrono>

#include "base/metrics.h"
#include "domain/vectors.h"
#include "search/backend.h"
#include "search/known_values.h"
#include "store/pgvector/vector_search.h"

namespace fit::search {

// Answers by SQL: the database holds the index, and this process nothing but the values of the catalogue's
// properties, for some seconds. So any number of processes may stand on one database. Does not own its parts.
class DatabaseBackend final : public Backend {
 public:
  // `values_age`: for how long the properties' values may be old.
  // `texts`: the space of items' texts, where there is one.
  DatabaseBackend(store::Catalogue& store, store::VectorSearch& search, domain::SpaceRecord space,
                  Metrics& metrics, std::chrono::milliseconds values_age = std::chrono::seconds(2),
                  std::optional<domain::SpaceRecord> texts = {});

  const domain::SpaceRecord& space() const override { return space_; }
  bool is_complete() const override { return true; }
  Result<BackendState> state() const override;
  Result<std::unique_ptr<Selection>> select(const Filter& filter) const override;
  // False without a look at the database for a filter without conditions.
  Result<bool> is_empty(const Selection& selection) const override;
  Result<std::vector<domain::Neighbor>> nearest(std::span<const float> vector, std::size_t limit,
                                                const Selection& selection,
                                                float min_similarity) const override;
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
  const PropertyValues& values() const override { return values_; }
  Result<void> refresh_values() const override { return values_.refresh(); }

 private:
  Result<std::vector<domain::Neighbor>> ask(const store::NearestQuery& question) const;
  Result<std::string> missing_value(const ValueSet& values) const;

  store::Catalogue& store_;
  store::VectorSearch& search_;
  const domain::SpaceRecord space_;
  const std::optional<domain::SpaceRecord> texts_;
  mutable KnownValues values_;
  // How long questions to the database take, by kind.
  Histogram& nearest_seconds_;
  Histogram& words_seconds_;
  Histogram& facts_seconds_;
  Histogram& facets_seconds_;
};

}  // namespace fit::search
