#include "search/result_cache.h"

#include <algorithm>

#include "base/byte_stream.h"
#include "base/version.h"
#include "search/query_fields.h"
#include "search/result_codec.h"

namespace fit::search {
namespace {

void put_curve(ByteWriter& key, const std::optional<embed::RelevanceCurve>& curve) {
  const std::span<const double> values = curve ? std::span(curve->values()) : std::span<const double>();
  key.put(std::uint64_t{values.size()});
  for (const double value : values) key.put(value);
}

std::string all_settings(const ResultCache::Parts& parts) {
  ByteWriter writer;
  writer.put_text(kVersion);
  writer.put_text(parts.store.id());
  writer.put_text(parts.settings);
  put_curve(writer, parts.relevance.photo);
  put_curve(writer, parts.relevance.words);
  return std::string(as_text(writer.bytes()));
}

// Writes what results depend on besides the query: the beginning of each key.
void write_surroundings(ByteWriter& key, const std::string& settings, std::int64_t position,
                        const CurrentRates* current) {
  const auto rates = current == nullptr ? nullptr : current->get();
  key.put_text(settings);
  key.put(position);
  key.put(rates == nullptr ? std::uint64_t{0} : rates->fingerprint());
}

}  // namespace

ResultCache::ResultCache(Parts parts)
    : parts_(std::move(parts)),
      settings_(all_settings(parts_)),
      results_(parts_.cache, "answer", parts_.time_to_live, parts_.metrics) {}

// Searchers and columns in the database have no position, because they are never behind.
bool ResultCache::have_reached(std::int64_t position) const {
  const auto has_reached = [position](const std::optional<std::int64_t>& own) {
    return !own || *own == position;
  };
  return has_reached(parts_.searcher.position()) && has_reached(parts_.columns.position()) &&
         (parts_.text_searcher == nullptr || has_reached(parts_.text_searcher->position()));
}

std::optional<ResultCache::CacheKey> ResultCache::key_of(const Query& query) {
  const auto position = parts_.store.changes().position();
  if (!position) return std::nullopt;
  ByteWriter bytes;
  write_surroundings(bytes, settings_, *position, parts_.rates);
  write_key(bytes, query);
  return CacheKey{.bytes = bytes.take(), .position = *position, .is_reached = have_reached(*position)};
}

std::optional<SearchResults> ResultCache::find(const CacheKey& key) {
  const auto bytes = results_.get(key.bytes);
  if (!bytes) return std::nullopt;
  auto results = decode_results(*bytes);
  if (!results) {
    results_.unusable();
    return std::nullopt;
  }
  std::vector<ItemId> ids;
  for (const Hit& hit : results->hits) ids.push_back(hit.item.id);
  auto records = parts_.store.items().get(ids);
  if (!records || records->size() != ids.size()) return std::nullopt;
  for (std::size_t i = 0; i < ids.size(); ++i) results->hits[i].item = std::move((*records)[i]);
  results->is_cached = true;
  return results;
}

void ResultCache::put(const CacheKey& key, const SearchResults& results) {
  if (!key.is_reached) return;
  const auto position = parts_.store.changes().position();
  if (!position) return;
  // The results are of another state of the catalogue, or of other rates, where these changed meanwhile.
  ByteWriter present;
  write_surroundings(present, settings_, *position, parts_.rates);
  if (!std::ranges::equal(present.bytes(), std::span(key.bytes).first(present.bytes().size()))) return;
  results_.put(key.bytes, encode_results(results));
}

}  // namespace fit::search
