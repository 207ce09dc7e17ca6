#include "search/query_fields.h"

#include <array>

#include "base/hash.h"
#include "search/fusion.h"

namespace fit::search {
namespace {

constexpr std::uint64_t kFingerprintSeed = 0x66697436;  // change it with the format

void put(ByteWriter& key, std::span<const ItemId> ids) {
  key.put(std::uint64_t{ids.size()});
  for (const ItemId id : ids) key.put(id.value);
}

void put(ByteWriter& key, std::span<const float> numbers) {
  key.put(std::uint64_t{numbers.size()});
  for (const float number : numbers) key.put(number);
}

void put(ByteWriter& key, const std::optional<double>& number) {
  key.put(number.has_value());
  key.put(number.value_or(0));
}

void put(ByteWriter& key, const std::optional<media::Box>& box) {
  key.put(box.has_value());
  const auto [left, top, right, bottom] = box.value_or(media::Box{});
  for (const double side : {left, top, right, bottom}) key.put(side);
}

void put(ByteWriter& key, std::span<const std::string> texts) {
  key.put(std::uint64_t{texts.size()});
  for (const std::string& text : texts) key.put_text(text);
}

void put(ByteWriter& key, std::span<const domain::PriceRange> ranges) {
  key.put(std::uint64_t{ranges.size()});
  for (const auto& [currency, min, max] : ranges) {
    key.put_text(currency);
    put(key, min);
    put(key, max);
  }
}

void put(ByteWriter& key, std::span<const ValueSet> conditions) {
  key.put(std::uint64_t{conditions.size()});
  for (const auto& [column, values] : conditions) {
    key.put_text(column);
    put(key, std::span(values));
  }
}

// The structured bindings here and in write_key() name every member, so that a new member breaks the build
// instead of being missing from the key.
void put(ByteWriter& key, const Filter& filter) {
  write_key(key, filter);
}

void put(ByteWriter& key, const Weights& weights) {
  const auto& [image, text, words, properties, freshness, taste] = weights;
  for (const double weight : {image, text, words, properties, freshness, taste}) key.put(weight);
}

constexpr bool kOrders = true;
constexpr bool kFreeBetweenPages = false;

constexpr std::array kFields = {
    QueryField{"image", kOrders,
               [](ByteWriter& key, const Query& query) {
                 key.put_text(query.image.empty() ? "" : sha256_hex(query.image));
               }},
    QueryField{"box", kOrders, [](ByteWriter& key, const Query& query) { put(key, query.part.box); }},
    QueryField{"garment", kOrders,
               [](ByteWriter& key, const Query& query) {
                 key.put(query.part.garment.has_value());
                 key.put(std::uint64_t{query.part.garment.value_or(0)});
               }},
    QueryField{"detect", kOrders,
               [](ByteWriter& key, const Query& query) { key.put(query.part.is_detected); }},
    QueryField{"item_id", kOrders,
               [](ByteWriter& key, const Query& query) {
                 key.put(query.item_id.has_value());
                 key.put(query.item_id.value_or(ItemId{}).value);
               }},
    QueryField{"vector", kOrders,
               [](ByteWriter& key, const Query& query) { put(key, std::span(query.vector)); }},
    QueryField{"space", kOrders,
               [](ByteWriter& key, const Query& query) { key.put_text(query.vector_space); }},
    QueryField{"like", kOrders, [](ByteWriter& key, const Query& query) { put(key, std::span(query.like)); }},
    QueryField{"unlike", kOrders,
               [](ByteWriter& key, const Query& query) { put(key, std::span(query.unlike)); }},
    QueryField{"text", kOrders, [](ByteWriter& key, const Query& query) { key.put_text(query.text); }},
    QueryField{"filters", kOrders, [](ByteWriter& key, const Query& query) { put(key, query.filter); }},
    QueryField{"min_similarity", kOrders,
               [](ByteWriter& key, const Query& query) { put(key, query.min_similarity); }},
    QueryField{"min_relevance", kOrders,
               [](ByteWriter& key, const Query& query) { put(key, query.min_relevance); }},
    QueryField{"match", kOrders, [](ByteWriter& key, const Query& query) { key.put(query.close_only); }},
    QueryField{"weights", kOrders, [](ByteWriter& key, const Query& query) { put(key, query.weights); }},
    QueryField{"sort", kOrders,
               [](ByteWriter& key, const Query& query) {
                 key.put(query.sort ? static_cast<int>(*query.sort) : -1);
               }},
    QueryField{"collapse_duplicates", kOrders,
               [](ByteWriter& key, const Query& query) { key.put(query.collapse_duplicates); }},
    QueryField{"facets", kFreeBetweenPages,
               [](ByteWriter& key, const Query& query) { put(key, std::span(query.facets)); }},
    QueryField{"limit", kFreeBetweenPages,
               [](ByteWriter& key, const Query& query) { key.put(std::uint64_t{query.limit}); }},
    QueryField{"explain", kFreeBetweenPages,
               [](ByteWriter& key, const Query& query) { key.put(query.explain); }},
    QueryField{"cursor", kFreeBetweenPages,
               [](ByteWriter& key, const Query& query) { key.put_text(query.cursor); }},
};

}  // namespace

std::span<const QueryField> query_fields() {
  return kFields;
}

void write_key(ByteWriter& key, const Filter& filter) {
  const auto& [any_of, none_of, min_price, max_price, price_in, converted, listed_after, currencies,
               external_ids, among, no_words, denied] = filter;
  put(key, std::span(any_of));
  put(key, std::span(none_of));
  put(key, min_price);
  put(key, max_price);
  put(key, std::span(price_in));
  key.put(listed_after.has_value());
  key.put(listed_after ? listed_after->time_since_epoch().count() : 0);
  put(key, std::span(currencies));
  put(key, std::span(external_ids));
  (void)converted;  // derived from price_in
  (void)among;      // derived from external_ids
  (void)no_words;   // derived from the text
  (void)denied;     // derived from no_words
}

void write_key(ByteWriter& key, const Query& query) {
  // A new member of Query needs a field above, or a line below if it does not affect the results.
  const auto& [image, image_field, part, item_id, like, vector, vector_space, unlike, text, filter, required,
               facets, limit, min_similarity, min_relevance, close_only, weights, sort, collapse_duplicates,
               explain, paged, browse, cursor, shared_photo, personal, fusion, stop] = query;
  (void)image_field;   // used in errors only
  (void)shared_photo;  // made of the image
  (void)personal;      // such results are not cached
  (void)stop;          // stopped queries have no results
  for (const QueryField& field : kFields) field.write(key, query);
  put(key, required);
  key.put(paged);
  key.put(browse);
  if (fusion != nullptr) put(key, fusion->code);
}

std::uint64_t fingerprint(const Query& query) {
  ByteWriter writer;
  for (const QueryField& field : kFields) {
    if (field.orders) field.write(writer, query);
  }
  put(writer, query.required);
  return xxh3(writer.bytes(), kFingerprintSeed);
}

}  // namespace fit::search
