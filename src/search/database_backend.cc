#include "search/database_backend.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/format.h"
#include "base/text.h"
#include "search/nothing_matches.h"
#include "text/edit_distance.h"

namespace fit::search {
namespace {

constexpr std::size_t kSuggested = 10'000;  // values among which the nearest is looked for

struct DatabaseSelection final : Selection {
  Filter filter;
};

const Filter& filter_of(const Selection& selection) {
  return static_cast<const DatabaseSelection&>(selection).filter;
}

// The facts of each item, in order; nullptr for those that are gone.
class FactsOf {
 public:
  static Result<FactsOf> read(store::Catalogue& store, std::span<const ItemId> items) {
    FactsOf facts;
    FIT_TRY(facts.found_, store.items().filter_columns(items));
    for (const domain::FilterColumns& one : facts.found_) facts.places_.emplace(one.id, &one);
    return facts;
  }
  const domain::FilterColumns* of(ItemId item) const {
    const auto found = places_.find(item);
    return found == places_.end() ? nullptr : found->second;
  }

 private:
  std::vector<domain::FilterColumns> found_;
  std::unordered_map<ItemId, const domain::FilterColumns*> places_;
};

// Observes how long it lives.
class Timer {
 public:
  explicit Timer(Histogram& seconds) : seconds_(seconds) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
  }

 private:
  Histogram& seconds_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Histogram& query_seconds(Metrics& metrics, const std::string& kind) {
  return metrics.latency("fit_database_query_seconds", "Time of a search's questions to the database",
                         {{"kind", kind}});
}

}  // namespace

DatabaseBackend::DatabaseBackend(store::Catalogue& store, store::VectorSearch& search,
                                 domain::SpaceRecord space, Metrics& metrics,
                                 std::chrono::milliseconds values_age,
                                 std::optional<domain::SpaceRecord> texts)
    : store_(store),
      search_(search),
      space_(std::move(space)),
      texts_(std::move(texts)),
      values_(store, search, values_age),
      nearest_seconds_(query_seconds(metrics, "nearest")),
      words_seconds_(query_seconds(metrics, "words")),
      facts_seconds_(query_seconds(metrics, "facts")),
      facets_seconds_(query_seconds(metrics, "facets")) {}

Result<BackendState> DatabaseBackend::state() const {
  FIT_TRY(const auto state, search_.state(space_.id));
  FIT_TRY(const std::int64_t position, store_.changes().position());
  return BackendState{
      .kind = state.has_index ? "pgvector hnsw" : "pgvector exact",
      .images = static_cast<std::size_t>(state.vectors),
      .bytes = static_cast<std::size_t>(state.index_bytes),
      .position = position,
      .missing = static_cast<std::size_t>(std::max<std::int64_t>(state.images - state.vectors, 0))};
}

Result<std::unique_ptr<Selection>> DatabaseBackend::select(const Filter& filter) const {
  auto selection = std::make_unique<DatabaseSelection>();
  selection->filter = filter;
  return selection;
}

Result<bool> DatabaseBackend::is_empty(const Selection& selection) const {
  if (filter_of(selection).empty()) return false;
  FIT_TRY(const bool some, search_.any(filter_of(selection)));
  return !some;
}

Result<std::vector<domain::Neighbor>> DatabaseBackend::nearest(std::span<const float> vector,
                                                               std::size_t limit, const Selection& selection,
                                                               float min_similarity) const {
  return ask({.space_id = space_.id,
              .vector = vector,
              .limit = limit,
              .filter = filter_of(selection),
              .min_similarity = min_similarity});
}

Result<std::vector<domain::Neighbor>> DatabaseBackend::nearest_texts(std::span<const float> vector,
                                                                     std::size_t limit,
                                                                     const Selection& selection) const {
  if (!texts_) return std::vector<domain::Neighbor>{};
  return ask({.space_id = texts_->id, .vector = vector, .limit = limit, .filter = filter_of(selection)});
}

Result<std::vector<domain::Neighbor>> DatabaseBackend::ask(const store::NearestQuery& question) const {
  const Timer timer(nearest_seconds_);
  return search_.nearest(question);
}

Result<std::vector<domain::ImageVector>> DatabaseBackend::vectors_of(std::span<const ItemId> items) const {
  const Timer timer(facts_seconds_);
  return store_.vectors().of_items(space_.id, items);
}

Result<store::WordResults> DatabaseBackend::find_words(std::span<const std::string> words, std::size_t limit,
                                                       const Selection& selection) const {
  const Timer timer(words_seconds_);
  return store_.words().find(
      {.words = {words.begin(), words.end()}, .limit = limit, .among = {}, .filter = &filter_of(selection)});
}

Result<std::vector<std::vector<PropertyMatch>>> DatabaseBackend::match_properties(
    std::span<const ItemId> items, std::span<const PropertyCondition> questions) const {
  const Timer timer(facts_seconds_);
  FIT_TRY(const auto facts, FactsOf::read(store_, items));
  std::vector<std::vector<PropertyMatch>> said(questions.size());
  for (std::size_t i = 0; i < questions.size(); ++i) {
    for (const ItemId item : items) {
      const domain::FilterColumns* const known = facts.of(item);
      const std::string value =
          known == nullptr ? std::string() : to_lower(known->properties[questions[i].property]);
      said[i].push_back(value.empty()                                       ? PropertyMatch::kUnknown
                        : std::ranges::contains(questions[i].values, value) ? PropertyMatch::kEqual
                                                                            : PropertyMatch::kDifferent);
    }
  }
  return said;
}

Result<std::vector<std::string>> DatabaseBackend::properties_of(std::span<const ItemId> items,
                                                                std::size_t property) const {
  FIT_TRY(const auto facts, FactsOf::read(store_, items));
  std::vector<std::string> values;
  for (const ItemId item : items) {
    const domain::FilterColumns* const known = facts.of(item);
    values.push_back(known == nullptr ? std::string() : to_lower(known->properties[property]));
  }
  return values;
}

Result<std::vector<double>> DatabaseBackend::freshness(std::span<const ItemId> items) const {
  FIT_TRY(const auto newest, search_.newest());
  FIT_TRY(const auto facts, FactsOf::read(store_, items));
  std::vector<double> fresh;
  for (const ItemId item : items) {
    const domain::FilterColumns* const known = facts.of(item);
    const bool is_known = newest && known != nullptr && known->listed_at;
    fresh.push_back(is_known ? freshness_of(known->listed_at->time_since_epoch().count(),
                                            newest->time_since_epoch().count())
                             : 0);
  }
  return fresh;
}

Result<std::vector<ItemId>> DatabaseBackend::latest(const Selection& selection, std::size_t limit) const {
  return search_.latest(filter_of(selection), limit);
}

Result<std::vector<Facet>> DatabaseBackend::facets(std::span<const std::string> names,
                                                   const Selection& selection) const {
  const Timer timer(facets_seconds_);
  const Filter& filter = filter_of(selection);
  std::vector<Facet> facets;
  for (const std::string& name : names) {
    Facet& facet = facets.emplace_back();
    facet.name = name;
    if (name != "price") {
      FIT_TRY(auto spread, search_.value_spread(name, filter, kMaxFacetValues));
      for (store::ValueCount& one : spread.values)
        facet.values.push_back({std::move(one.text), static_cast<std::size_t>(one.items)});
      facet.others = static_cast<std::size_t>(spread.others);
      facet.missing = static_cast<std::size_t>(spread.missing);
      continue;
    }
    FIT_TRY(const auto spread, search_.price_spread(filter));
    facet.missing = static_cast<std::size_t>(spread.missing);
    if (!spread.lowest) continue;
    facet.lowest = spread.lowest;
    facet.highest = spread.highest;
    const std::vector<double> edges = price_edges(*spread.lowest, *spread.highest);
    FIT_TRY(const auto counts, search_.price_histogram(filter, edges));
    for (std::size_t i = 0; i < counts.size(); ++i)
      facet.histogram.push_back({edges[i], edges[i + 1], static_cast<std::size_t>(counts[i])});
  }
  return facets;
}

Result<std::string> DatabaseBackend::missing_value(const ValueSet& values) const {
  FIT_TRY(const bool some, search_.has_value(values));
  if (some) return std::string();
  const std::string_view column = values.column;
  FIT_TRY(const auto known, search_.values(std::span(&column, 1), kSuggested));
  std::vector<std::string_view> names;
  for (const auto& one : known) names.emplace_back(one.count.text);
  return no_such_value(values, names);
}

Result<std::string> DatabaseBackend::why_nothing_matches(const Filter& filter) const {
  FIT_TRY(const store::Counts counts, store_.items().counts());
  if (counts.items == 0) return std::string("the catalogue is empty");
  for (const ValueSet& values : filter.any_of) {
    FIT_TRY(std::string reason, missing_value(values));
    if (!reason.empty()) return reason;
  }
  return contradiction(filter, [this](const Filter& part) -> Result<bool> {
    FIT_TRY(const bool some, search_.any(part));
    return !some;
  });
}

}  // namespace fit::search
