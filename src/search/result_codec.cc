#include "search/result_codec.h"

#include "base/byte_stream.h"

namespace fit::search {
namespace {

constexpr std::size_t kLength = 8;  // bytes of a number and of a text's length

void add(ByteWriter& to, const std::optional<double>& number) {
  to.put(static_cast<std::uint8_t>(number.has_value()));
  to.put(number.value_or(0));
}

void add(ByteWriter& to, const std::vector<std::string>& texts) {
  to.put(std::uint64_t{texts.size()});
  for (const std::string& text : texts) to.put_text(text);
}

void add(ByteWriter& to, const std::optional<media::Box>& box) {
  to.put(static_cast<std::uint8_t>(box.has_value()));
  const auto [left, top, right, bottom] = box.value_or(media::Box{});
  for (const double side : {left, top, right, bottom}) to.put(side);
}

void add(ByteWriter& to, const Hit& hit) {
  to.put(hit.item.id.value);
  to.put(hit.best_image.value);
  to.put(hit.similarity);
  add(to, hit.relevance);
  to.put(static_cast<std::uint8_t>(hit.is_same_image));
  to.put(hit.score);
  to.put(static_cast<std::uint8_t>(hit.tier));
  to.put(static_cast<std::uint8_t>(hit.is_behind_fused));
  to.put(std::uint64_t{hit.parts.size()});
  for (const ScorePart& part : hit.parts) {
    to.put_text(part.name);
    to.put(part.score);
  }
}

void add(ByteWriter& to, const embed::PropertyPrediction& prediction) {
  to.put_text(prediction.property);
  to.put(std::uint64_t{prediction.values.size()});
  for (const auto& [value, confidence] : prediction.values) {
    to.put_text(value);
    to.put(confidence);
  }
}

void add(ByteWriter& to, const std::vector<store::WordCorrection>& corrections) {
  to.put(std::uint64_t{corrections.size()});
  for (const store::WordCorrection& one : corrections) {
    to.put_text(one.from);
    to.put_text(one.to);
    to.put(static_cast<std::uint8_t>(one.is_certain));
  }
}

void add(ByteWriter& to, const ParsedText& parsed) {
  to.put_text(parsed.text);
  to.put_text(parsed.rest);
  add(to, parsed.named);
  add(to, parsed.min_price);
  add(to, parsed.max_price);
  to.put_text(parsed.price_currency);
  to.put(std::uint64_t{parsed.properties.size()});
  for (const SoftProperty& one : parsed.properties) {
    to.put(std::uint64_t{one.property});
    to.put_text(one.value);
    add(to, one.values);
    to.put(static_cast<std::uint8_t>(one.wanted));
    to.put(static_cast<std::uint8_t>(one.is_used));
  }
  add(to, parsed.denied_brands);
  add(to, parsed.denied_words);
  add(to, parsed.names);
  add(to, parsed.corrected);
  add(to, parsed.suggested);
}

void add(ByteWriter& to, const GivenUp& value) {
  to.put(std::uint64_t{value.property});
  to.put_text(value.value);
}

void add(ByteWriter& to, const domain::Facet& facet) {
  to.put_text(facet.name);
  to.put(std::uint64_t{facet.values.size()});
  for (const auto& [value, count] : facet.values) {
    to.put_text(value);
    to.put(std::uint64_t{count});
  }
  to.put(std::uint64_t{facet.others});
  to.put(std::uint64_t{facet.missing});
  add(to, facet.lowest);
  add(to, facet.highest);
  to.put(std::uint64_t{facet.histogram.size()});
  for (const auto& [from, below, count] : facet.histogram) {
    to.put(from);
    to.put(below);
    to.put(std::uint64_t{count});
  }
}

template <class T>
void put_list(ByteWriter& to, const std::vector<T>& list) {
  to.put(std::uint64_t{list.size()});
  for (const T& one : list) add(to, one);
}

std::string take_text(ByteReader& from) {
  return std::string(from.get_text());
}

std::optional<double> take_number(ByteReader& from) {
  const bool is_there = from.get_bool();
  const auto number = from.get<double>();
  return is_there ? std::optional(number) : std::nullopt;
}

std::optional<media::Box> take_box(ByteReader& from) {
  const bool is_there = from.get_bool();
  media::Box box;
  for (double* const side : {&box.left, &box.top, &box.right, &box.bottom}) *side = from.get<double>();
  return is_there ? std::optional(box) : std::nullopt;
}

// Decodes a list of parts of at least `part_bytes` each.
template <class Take>
auto take_list(ByteReader& from, std::size_t part_bytes, const Take& take) {
  std::vector<decltype(take())> list(from.get_count(part_bytes));
  for (auto& one : list) one = take();
  return list;
}

std::vector<std::string> take_texts(ByteReader& from) {
  return take_list(from, kLength, [&] { return take_text(from); });
}

Hit take_hit(ByteReader& from) {
  Hit hit;
  hit.item.id.value = from.get<std::int64_t>();
  hit.best_image.value = from.get<std::int64_t>();
  hit.similarity = from.get<double>();
  hit.relevance = take_number(from);
  hit.is_same_image = from.get_bool();
  hit.score = from.get<double>();
  hit.tier = static_cast<KindTier>(from.get<std::uint8_t>());
  hit.is_behind_fused = from.get_bool();
  hit.parts = take_list(from, 2 * kLength, [&] {
    ScorePart part{.name = take_text(from)};
    part.score = from.get<double>();
    return part;
  });
  return hit;
}

embed::PropertyPrediction take_prediction(ByteReader& from) {
  embed::PropertyPrediction prediction{.property = take_text(from), .values = {}};
  prediction.values = take_list(from, kLength + sizeof(float), [&] {
    embed::PropertyPrediction::Value value{.value = take_text(from)};
    value.confidence = from.get<float>();
    return value;
  });
  return prediction;
}

std::vector<store::WordCorrection> take_corrections(ByteReader& from) {
  return take_list(from, 2 * kLength, [&] {
    store::WordCorrection one{.from = take_text(from), .to = {}};
    one.to = take_text(from);
    one.is_certain = from.get_bool();
    return one;
  });
}

ParsedText take_parsed_text(ByteReader& from) {
  ParsedText parsed;
  parsed.text = take_text(from);
  parsed.rest = take_text(from);
  parsed.named = take_texts(from);
  parsed.min_price = take_number(from);
  parsed.max_price = take_number(from);
  parsed.price_currency = take_text(from);
  parsed.properties = take_list(from, 3 * kLength, [&] {
    SoftProperty one;
    one.property = static_cast<std::size_t>(from.get<std::uint64_t>());
    one.value = take_text(from);
    one.values = take_texts(from);
    one.wanted = from.get_bool();
    one.is_used = from.get_bool();
    return one;
  });
  parsed.denied_brands = take_texts(from);
  parsed.denied_words = take_texts(from);
  parsed.names = take_texts(from);
  parsed.corrected = take_corrections(from);
  parsed.suggested = take_corrections(from);
  return parsed;
}

GivenUp take_given_up(ByteReader& from) {
  GivenUp value{.property = static_cast<std::size_t>(from.get<std::uint64_t>()), .value = {}};
  value.value = take_text(from);
  return value;
}

domain::Facet take_facet(ByteReader& from) {
  const auto take_count = [&] { return static_cast<std::size_t>(from.get<std::uint64_t>()); };
  domain::Facet facet{.name = take_text(from), .values = {}, .lowest = {}, .highest = {}, .histogram = {}};
  facet.values = take_list(from, 2 * kLength, [&] {
    domain::Facet::Value value{.value = take_text(from)};
    value.count = take_count();
    return value;
  });
  facet.others = take_count();
  facet.missing = take_count();
  facet.lowest = take_number(from);
  facet.highest = take_number(from);
  facet.histogram = take_list(from, 3 * kLength, [&] {
    domain::Facet::Bucket bucket{.from = from.get<double>()};
    bucket.to = from.get<double>();
    bucket.count = take_count();
    return bucket;
  });
  return facet;
}

// Whether all ids are valid and all indexes are within their arrays. Damaged bytes may violate this.
bool is_sound(const SearchResults& results) {
  for (const Hit& hit : results.hits) {
    if (hit.item.id.value <= 0 || hit.tier > KindTier::kOtherKind) return false;
  }
  if (results.searched_box && !media::is_box(*results.searched_box)) return false;
  const auto names_property = [](const auto& one) { return one.property < domain::kProperties.size(); };
  return std::ranges::all_of(results.given_up, names_property) &&
         (!results.parsed_text || std::ranges::all_of(results.parsed_text->properties, names_property));
}

}  // namespace

Bytes encode_results(const SearchResults& results) {
  ByteWriter to;
  put_list(to, results.hits);
  to.put_text(results.space);
  add(to, results.searched_box);
  put_list(to, results.predicted);
  to.put(static_cast<std::uint8_t>(results.parsed_text.has_value()));
  if (results.parsed_text) add(to, *results.parsed_text);
  put_list(to, results.given_up);
  put_list(to, results.facets);
  to.put_text(results.reason);
  to.put_text(results.next_cursor);
  to.put(static_cast<std::uint8_t>(results.sorted.has_value()));
  to.put(std::uint64_t{results.sorted ? results.sorted->count : 0});
  to.put(static_cast<std::uint8_t>(results.sorted && results.sorted->is_complete));
  return to.take();
}

std::optional<SearchResults> decode_results(ByteView bytes) {
  ByteReader from(bytes);
  SearchResults results;
  results.hits = take_list(from, 5 * kLength, [&] { return take_hit(from); });
  results.space = take_text(from);
  results.searched_box = take_box(from);
  results.predicted = take_list(from, 2 * kLength, [&] { return take_prediction(from); });
  if (from.get_bool()) results.parsed_text = take_parsed_text(from);
  results.given_up = take_list(from, 2 * kLength, [&] { return take_given_up(from); });
  results.facets = take_list(from, 4 * kLength, [&] { return take_facet(from); });
  results.reason = take_text(from);
  results.next_cursor = take_text(from);
  const bool is_sorted = from.get_bool();
  const auto count = static_cast<std::size_t>(from.get<std::uint64_t>());
  const bool is_complete = from.get_bool();
  if (is_sorted) results.sorted = SortedExtent{.count = count, .is_complete = is_complete};
  if (!from.is_done() || !is_sound(results)) return std::nullopt;
  return results;
}

}  // namespace fit::search
