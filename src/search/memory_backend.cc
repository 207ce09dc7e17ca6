#include "search/memory_backend.h"

namespace fit::search {
namespace {

struct MemorySelection final : Selection {
  std::optional<index::ItemSet> items;  // nothing: all
};

// Nullptr: all.
const index::ItemSet* set_of(const Selection& selection) {
  const auto& items = static_cast<const MemorySelection&>(selection).items;
  return items ? &*items : nullptr;
}

}  // namespace

Result<BackendState> MemoryBackend::state() const {
  const index::IndexStats stats = index_.vectors().stats();
  return BackendState{
      .kind = stats.kind, .images = stats.images, .bytes = stats.memory_bytes, .position = index_.position()};
}

std::optional<std::int64_t> MemoryBackend::position_reached() const {
  const std::int64_t reached = std::min(index_.position(), columns_.position());
  return texts_ == nullptr ? reached : std::min(reached, texts_->position());
}

Result<std::vector<domain::Neighbor>> MemoryBackend::nearest_texts(std::span<const float> vector,
                                                                   std::size_t limit,
                                                                   const Selection& selection) const {
  if (texts_ == nullptr) return std::vector<domain::Neighbor>{};
  return texts_->vectors().search(vector, {.limit = limit, .filter = set_of(selection)});
}

Result<std::unique_ptr<Selection>> MemoryBackend::select(const Filter& filter) const {
  auto selection = std::make_unique<MemorySelection>();
  selection->items = columns_.matching(filter);
  return selection;
}

Result<bool> MemoryBackend::is_empty(const Selection& selection) const {
  const index::ItemSet* const set = set_of(selection);
  return set != nullptr && set->size() == 0;
}

Result<std::vector<domain::Neighbor>> MemoryBackend::nearest(std::span<const float> vector, std::size_t limit,
                                                             const Selection& selection,
                                                             float min_similarity) const {
  return index_.vectors().search(
      vector, {.limit = limit, .filter = set_of(selection), .min_similarity = min_similarity});
}

Result<std::vector<domain::Neighbor>> MemoryBackend::candidates(std::span<const float> vector,
                                                                std::size_t limit,
                                                                const Selection& selection) const {
  return index_.vectors().search(vector,
                                 {.limit = limit, .filter = set_of(selection), .are_candidates = true});
}

Result<std::vector<domain::ImageVector>> MemoryBackend::vectors_of(std::span<const ItemId> items) const {
  return index_.vectors().vectors_of(items);
}

Result<store::WordResults> MemoryBackend::find_words(std::span<const std::string> words, std::size_t limit,
                                                     const Selection& selection) const {
  store::WordQuery question{.words = {words.begin(), words.end()}, .limit = limit, .among = {}};
  if (const index::ItemSet* const set = set_of(selection)) question.among = set->words();
  return store_.words().find(question);
}

Result<std::vector<std::vector<PropertyMatch>>> MemoryBackend::match_properties(
    std::span<const ItemId> items, std::span<const PropertyCondition> questions) const {
  std::vector<std::vector<PropertyMatch>> said;
  said.reserve(questions.size());
  for (const PropertyCondition& one : questions)
    said.push_back(columns_.match_properties(items, one.property, one.values));
  return said;
}

Result<std::vector<std::string>> MemoryBackend::properties_of(std::span<const ItemId> items,
                                                              std::size_t property) const {
  std::vector<std::string> values;
  values.reserve(items.size());
  for (const ItemId item : items) values.push_back(columns_.property_of(item, property));
  return values;
}

Result<std::vector<double>> MemoryBackend::freshness(std::span<const ItemId> items) const {
  return columns_.freshness(items);
}

Result<std::vector<ItemId>> MemoryBackend::latest(const Selection& selection, std::size_t limit) const {
  return columns_.latest(set_of(selection), limit);
}

Result<std::vector<Facet>> MemoryBackend::facets(std::span<const std::string> names,
                                                 const Selection& selection) const {
  return columns_.facets(names, set_of(selection));
}

Result<std::string> MemoryBackend::why_nothing_matches(const Filter& filter) const {
  return columns_.why_nothing_matches(filter);
}

}  // namespace fit::search
