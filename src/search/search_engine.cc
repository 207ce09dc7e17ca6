#include "search/search_engine.h"

#include <cmath>
#include <format>

namespace fit::search {
namespace {

constexpr std::size_t kMaxTextBytes = 100'000;

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Result<void> check(const Query& query) {
  if (query.limit < 1 || query.limit > kMaxLimit) {
    return invalid("limit", std::format("must be between 1 and {}", kMaxLimit));
  }
  if (query.min_similarity && !(*query.min_similarity >= -1 && *query.min_similarity <= 1)) {
    return invalid("min_similarity", "must be between -1 and 1");
  }
  const int questions = !query.image.empty() + query.item_id.has_value() + !query.text.empty();
  if (questions == 0) return invalid(query.image_field, "give a photo, a text or an item_id to search by");
  if (questions > 1) return invalid(query.image_field, "give only one of a photo, a text and an item_id");
  if (query.text.size() > kMaxTextBytes) {
    return Error{ErrorCode::kTooLarge, std::format("is longer than {} bytes", kMaxTextBytes), "text", {}};
  }
  return {};
}

}  // namespace

struct SearchEngine::State {
  explicit State(Parts given)
      : parts(given),
        embed_seconds(
            parts.metrics.latency("fit_search_embed_seconds", "Time to read a query into its vector")),
        search_seconds(
            parts.metrics.latency("fit_search_seconds", "Time to answer a query once it is a vector")) {}

  Result<embed::Vector> query_vector(const Query& query);
  Result<embed::Vector> item_vector(ItemId item);
  Result<std::vector<Hit>> find(const Query& query, const embed::Vector& vector,
                                const std::optional<index::ItemSet>& filter);

  Parts parts;
  Histogram& embed_seconds;
  Histogram& search_seconds;
};

SearchEngine::SearchEngine(Parts parts) : state_(std::make_unique<State>(parts)) {}
SearchEngine::~SearchEngine() = default;

Result<embed::Vector> SearchEngine::State::item_vector(ItemId item) {
  FIT_CHECK(parts.store.item(item));
  FIT_TRY(auto vectors, parts.store.vectors(parts.index.space().id, std::span(&item, 1)));
  if (vectors.empty()) {
    return Error{ErrorCode::kUnavailable, "the item's pictures are not embedded yet", "item_id", {}};
  }
  return std::move(vectors.front().values);
}

Result<embed::Vector> SearchEngine::State::query_vector(const Query& query) {
  if (query.item_id) return item_vector(*query.item_id);
  embed::Embedder& embedder = parts.embedder;
  if (!query.text.empty()) {
    if (!embedder.space().has_text) {
      return invalid("text",
                     std::format("the model \"{}\" has no text side; search by photo, or choose another "
                                 "EMBEDDING_PROVIDER",
                                 embedder.space().model));
    }
    FIT_TRY(auto vectors, embedder.embed_texts(std::span(&query.text, 1)));
    return std::move(vectors.front());
  }
  FIT_TRY(const media::Image image,
          media::decode(query.image_field, query.image, embedder.image_short_side(), parts.image_limits));
  FIT_TRY(auto vectors, embedder.embed_images(std::span(&image, 1)));
  return std::move(vectors.front());
}

// Items may vanish between the index and the store; the search then asks for as many more.
Result<std::vector<Hit>> SearchEngine::State::find(const Query& query, const embed::Vector& vector,
                                                   const std::optional<index::ItemSet>& filter) {
  index::SearchOptions options{.limit = query.limit + query.item_id.has_value(),
                               .filter = filter ? &*filter : nullptr};
  if (query.min_similarity) options.min_similarity = static_cast<float>(*query.min_similarity);
  while (true) {
    FIT_TRY(const auto neighbors, parts.index.vectors().search(vector, options));
    std::vector<ItemId> ids;
    for (const index::Neighbor& neighbor : neighbors) ids.push_back(neighbor.item);
    FIT_TRY(auto records, parts.store.items(ids));
    const std::size_t vanished = neighbors.size() - records.size();
    std::vector<Hit> hits;
    for (std::size_t i = 0, next = 0; i < neighbors.size() && next < records.size(); ++i) {
      if (records[next].id != neighbors[i].item) continue;
      store::ItemRecord& record = records[next++];
      if (record.id == query.item_id) continue;
      hits.push_back({std::move(record), neighbors[i].image, neighbors[i].similarity});
    }
    if (hits.size() >= query.limit || vanished == 0 || neighbors.size() < options.limit) {
      if (hits.size() > query.limit) hits.resize(query.limit);
      return hits;
    }
    options.limit += vanished;
  }
}

Result<Answer> SearchEngine::search(const Query& query) {
  FIT_CHECK(check(query));
  if (!state_->parts.index.complete()) {
    return Error{ErrorCode::kUnavailable, "the index is being built; try again soon", {}, {}};
  }
  Answer answer;
  answer.space = state_->parts.index.space().name;
  const auto start = std::chrono::steady_clock::now();
  FIT_TRY(const embed::Vector vector, state_->query_vector(query));
  if (!query.image.empty()) {
    FIT_TRY(auto predicted, state_->parts.embedder.predict(std::span(&vector, 1)));
    answer.predicted = std::move(predicted.front());
  }
  answer.embed_ms = milliseconds_since(start);
  state_->embed_seconds.observe(answer.embed_ms / 1000);

  const auto embedded = std::chrono::steady_clock::now();
  const auto matching = state_->parts.columns.matching(query.filter);
  FIT_TRY(answer.hits, state_->find(query, vector, matching));
  if (matching && matching->size() == 0) {
    answer.reason = state_->parts.columns.why_nothing_matches(query.filter);
  }
  if (!query.facets.empty()) {
    answer.facets = state_->parts.columns.facets(query.facets, matching ? &*matching : nullptr);
  }
  answer.search_ms = milliseconds_since(embedded);
  state_->search_seconds.observe(answer.search_ms / 1000);
  return answer;
}

}  // namespace fit::search
