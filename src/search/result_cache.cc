#include "search/result_cache.h"

#include "base/byte_stream.h"
#include "base/hash.h"
#include "base/version.h"
#include "search/result_codec.h"

namespace fit::search {
namespace {

void put(ByteWriter& key, std::span<const ItemId> ids) {
  key.put(std::uint64_t{ids.size()});
  for (const ItemId id : ids) key.put(id.value);
}

void put(ByteWriter& key, const std::optional<double>& number) {
  key.put(number.has_value());
  key.put(number.value_or(0));
}

void put(ByteWriter& key, std::span<const std::string> texts) {
  key.put(std::uint64_t{texts.size()});
  for (const std::string& text : texts) key.put_text(text);
}

void put(ByteWriter& key, std::span<const ValueSet> conditions) {
  key.put(std::uint64_t{conditions.size()});
  for (const auto& [column, values] : conditions) {
    key.put_text(column);
    put(key, std::span(values));
  }
}

// Every field is named, so that one that is added cannot be left out of the key.
void put(ByteWriter& key, const Filter& filter) {
  const auto& [any_of, none_of, min_price, max_price, listed_after] = filter;
  put(key, std::span(any_of));
  put(key, std::span(none_of));
  put(key, min_price);
  put(key, max_price);
  key.put(listed_after.has_value());
  key.put(listed_after ? listed_after->time_since_epoch().count() : 0);
}

void put(ByteWriter& key, const Weights& weights) {
  const auto& [image, text, words, properties, freshness] = weights;
  for (const double weight : {image, text, words, properties, freshness}) key.put(weight);
}

void put(ByteWriter& key, const Query& query) {
  const auto& [image, image_field, item_id, like, unlike, text, filter, facets, limit, min_similarity,
               min_relevance, weights, collapse_duplicates, explain, paged, browse, cursor] = query;
  (void)image_field;  // stands in errors only
  key.put_text(image.empty() ? "" : sha256_hex(image));
  key.put(item_id.has_value());
  key.put(item_id.value_or(ItemId{}).value);
  put(key, std::span(like));
  put(key, std::span(unlike));
  key.put_text(text);
  put(key, filter);
  put(key, std::span(facets));
  key.put(std::uint64_t{limit});
  put(key, min_similarity);
  put(key, min_relevance);
  put(key, weights);
  key.put(collapse_duplicates);
  key.put(explain);
  key.put(paged);
  key.put(browse);
  key.put_text(cursor);
}

void put(ByteWriter& key, const std::optional<embed::RelevanceCurve>& curve) {
  const std::span<const double> values = curve ? std::span(curve->values()) : std::span<const double>();
  key.put(std::uint64_t{values.size()});
  for (const double value : values) key.put(value);
}

std::string all_settings(const ResultCache::Parts& parts) {
  ByteWriter writer;
  writer.put_text(kVersion);
  writer.put_text(parts.store.id());
  writer.put_text(parts.settings);
  put(writer, parts.relevance.photo);
  put(writer, parts.relevance.words);
  return std::string(as_text(writer.bytes()));
}

}  // namespace

ResultCache::ResultCache(Parts parts)
    : parts_(std::move(parts)),
      settings_(all_settings(parts_)),
      answers_(parts_.cache, "answer", parts_.time_to_live, parts_.metrics) {}

std::optional<ResultCache::Place> ResultCache::place_of(const Query& query) {
  // Before the store's position: what was reached by then is still reached when the two are equal.
  const auto reached = parts_.backend.position_reached();
  const auto position = parts_.store.changes().position();
  if (!position) return std::nullopt;
  ByteWriter key;
  key.put_text(settings_);
  key.put(*position);
  put(key, query);
  return Place{.key = key.take(), .position = *position, .may_keep = !reached || *reached == *position};
}

std::optional<SearchResults> ResultCache::find(const Place& place) {
  const auto bytes = answers_.get(place.key);
  if (!bytes) return std::nullopt;
  auto answer = decode_results(*bytes);
  if (!answer) {
    answers_.unusable();
    return std::nullopt;
  }
  std::vector<ItemId> ids;
  for (const Hit& hit : answer->hits) ids.push_back(hit.item.id);
  auto records = parts_.store.items().get(ids);
  if (!records || records->size() != ids.size()) return std::nullopt;
  for (std::size_t i = 0; i < ids.size(); ++i) answer->hits[i].item = std::move((*records)[i]);
  answer->is_remembered = true;
  return answer;
}

void ResultCache::keep(const Place& place, const SearchResults& answer) {
  if (!place.may_keep) return;
  const auto position = parts_.store.changes().position();
  if (!position || *position != place.position) return;
  answers_.put(place.key, encode_results(answer));
}

}  // namespace fit::search
