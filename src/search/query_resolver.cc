#include "search/query_resolver.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/text.h"
#include "search/denied_words.h"
#include "search/filter_words.h"
#include "search/query_words.h"
#include "search/shared_photo.h"
#include "search/word_searcher.h"
#include "text/analyzer.h"

namespace fit::search {
namespace {

// The properties that results share with the examples unless the words name them.
constexpr std::array<std::size_t, 2> kInherited = {domain::kCategory, domain::kSubcategory};

std::vector<std::string> at_blanks(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool is_part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Replaces each occurrence of `word` that is a whole word.
void replace_word(std::string& text, std::string_view word, std::string_view with) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    const std::size_t end = at + word.size();
    const bool is_word =
        (at == 0 || !is_part_of_word(text[at - 1])) && (end == text.size() || !is_part_of_word(text[end]));
    if (is_word) text.replace(at, word.size(), with);
    at += is_word ? with.size() : 1;
  }
}

class QueryResolver {
 public:
  QueryResolver(const ResolverParts& parts, const QueryParser& parser, const Query& query)
      : parts_(parts), parser_(parser), query_(query) {}

  Result<ResolvedQuery> resolve() {
    FIT_TRY(resolved_.filter, in_catalogue_words(parts_.columns, parser_.words(), query_.filter));
    if (!query_.text.empty()) FIT_CHECK(parse_text());
    FIT_CHECK(embed_examples());
    if (resolved_.image_vector && !parts_.rerank_spaces.empty()) {
      FIT_TRY(resolved_.rerank_vectors, rerank_vectors(parts_.store, parts_.rerank_spaces, query_,
                                                       resolved_.searched_box, parts_.image_limits));
    }
    choose_words();
    if (!query_.text.empty()) {
      embed_in_text_space();
      FIT_CHECK(embed_text());
    }
    if (resolved_.image_vector && !query_.is_plain()) FIT_CHECK(inherit_kind());
    FIT_CHECK(set_thresholds());
    FIT_CHECK(complete_filter());
    return std::move(resolved_);
  }

 private:
  // Finds the items of external ids, converts prices, and adds the required conditions.
  Result<void> complete_filter() {
    Filter& filter = resolved_.filter;
    if (!filter.external_ids.empty()) {
      FIT_TRY(filter.among, parts_.store.items().of_external_ids(filter.external_ids));
    }
    convert_prices(filter, parts_.rates);
    resolved_.price_unit =
        price_unit_of(query_.filter.price_in, resolved_.parsed.price_currency, parts_.rates);
    resolved_.order_unit = order_unit_of(query_.sort, resolved_.price_unit, parts_.rates);
    FIT_CHECK(parts_.store.words().find_denied(filter));
    if (parts_.visible == nullptr) return {};
    resolved_.own = std::move(filter);
    filter = domain::both(parts_.visible->filter(), *resolved_.own);
    return parts_.visible->check();
  }

  Result<void> set_thresholds() {
    const embed::Space& space = parts_.embedder.space();
    resolved_.min_similarity = query_.min_similarity;
    resolved_.min_relevance = query_.min_relevance;
    if (query_.close_only) {
      resolved_.min_relevance = std::max(query_.min_relevance.value_or(kCloseRelevance), kCloseRelevance);
    }
    const bool has_words = !resolved_.words.empty() || !resolved_.parsed.properties.empty();
    if (resolved_.query_vector() == nullptr) {
      if (!query_.min_similarity && (!query_.min_relevance || has_words)) return {};
      return invalid(query_.min_similarity ? "min_similarity" : "min_relevance",
                     space.has_text
                         ? "needs something to compare with: the text has only a price or words to leave out"
                         : fit::format("needs something to compare with: the model \"{}\" has no text side",
                                       space.model));
    }
    const auto& curve = resolved_.image_vector ? space.relevance.photo : space.relevance.words;
    if (curve) resolved_.relevance = &*curve;
    if (query_.min_relevance && !curve && resolved_.image_vector) {
      return invalid("min_relevance",
                     fit::format("the similarities of the model \"{}\" are not calibrated for such queries; "
                                 "use min_similarity",
                                 space.model));
    }
    if (!curve && resolved_.image_vector) resolved_.min_relevance.reset();
    return {};
  }

  Result<void> parse_text() {
    FIT_TRY(resolved_.parsed, parser_.parse(query_.text));
    FIT_CHECK(correct());
    leave_out_unwanted();
    FIT_CHECK(leave_out_brands());
    leave_out_words();
    add_price();
    return {};
  }

  // Makes a condition of the price that the words name.
  void add_price() {
    ParsedText& parsed = resolved_.parsed;
    if (parts_.rates == nullptr) parsed.price_currency.clear();
    if (!parsed.price_currency.empty()) {
      resolved_.filter.price_in.push_back(
          {.currency = parsed.price_currency, .min = parsed.min_price, .max = parsed.max_price});
      return;
    }
    const auto tighter = [](std::optional<double>& bound, const std::optional<double>& other, bool lowest) {
      if (!other) return;
      bound = bound ? (lowest ? std::max(*bound, *other) : std::min(*bound, *other)) : *other;
    };
    tighter(resolved_.filter.min_price, parsed.min_price, true);
    tighter(resolved_.filter.max_price, parsed.max_price, false);
  }

  store::WordScope scope() const {
    return parts_.visible == nullptr ? store::WordScope{} : word_scope(parts_.visible->items());
  }

  // Parses again with corrections in place of the words that neither a property nor an item has.
  Result<void> correct() {
    std::vector<std::string> words = at_blanks(resolved_.parsed.rest);
    std::erase_if(words, [this](const std::string& word) {
      return std::ranges::contains(resolved_.parsed.named, to_lower(word));
    });
    FIT_TRY(auto corrected, parts_.store.words().correct(words, scope()));
    std::vector<store::WordCorrection> suggested;
    for (const store::WordCorrection& one : corrected) {
      if (!one.is_certain) suggested.push_back(one);
    }
    std::erase_if(corrected, [](const store::WordCorrection& one) { return !one.is_certain; });
    if (!corrected.empty()) {
      const ParsedText before = std::move(resolved_.parsed);
      std::string text = before.text;
      for (const store::WordCorrection& one : corrected) replace_word(text, one.from, one.to);
      FIT_TRY(resolved_.parsed, parser_.parse(text));
      resolved_.parsed.min_price = before.min_price;
      resolved_.parsed.max_price = before.max_price;
      resolved_.parsed.price_currency = before.price_currency;
    }
    resolved_.parsed.corrected = std::move(corrected);
    resolved_.parsed.suggested = std::move(suggested);
    return {};
  }

  // Excludes the items that have a value which the words deny.
  void leave_out_unwanted() {
    for (const SoftProperty& one : resolved_.parsed.properties) {
      if (one.wanted || !one.is_used) continue;
      resolved_.filter.none_of.push_back({std::string(domain::kProperties[one.property]), one.values});
    }
  }

  // Excludes the items of the brands that the words deny, in every spelling of their names.
  Result<void> leave_out_brands() {
    if (resolved_.parsed.denied_brands.empty()) return {};
    std::vector<std::string> names;
    for (const std::string& brand : resolved_.parsed.denied_brands) names.push_back(text::joined_name(brand));
    FIT_TRY(std::vector<std::string> brands, parts_.columns.texts_of("brand"));
    std::erase_if(brands, [&names](const std::string& brand) {
      return std::ranges::none_of(text::brand_names(brand), [&names](const std::string& name) {
        return std::ranges::contains(names, name);
      });
    });
    if (!brands.empty()) resolved_.filter.none_of.push_back({"brand", std::move(brands)});
    return {};
  }

  // Excludes the items that have a denied word in their texts, or a denied brand or value in their names.
  void leave_out_words() {
    const auto add = [this](std::span<const std::string> words, DeniedIn texts) {
      for (const std::string& word : words) resolved_.filter.no_words.push_back(denied_word(word, texts));
    };
    add(resolved_.parsed.denied_words, DeniedIn::kAllTexts);
    add(resolved_.parsed.denied_brands, DeniedIn::kNames);
    add(resolved_.parsed.denied_values, DeniedIn::kNames);
  }

  void choose_words() {
    resolved_.words = at_blanks(resolved_.parsed.rest);
    resolved_.free_words = resolved_.words.size();
    resolved_.names = resolved_.parsed.names;
    if (resolved_.image_vector) return;
    // A query of small words only searches them.
    if (resolved_.words.empty() && resolved_.parsed.properties.empty() && !denies_words()) {
      for (const QueryWord& word : split_query(resolved_.parsed.text, store::kMaxWords)) {
        resolved_.words.push_back(word.lower);
      }
      resolved_.free_words = resolved_.words.size();
      resolved_.names = resolved_.words;
    }
    for (const std::string& word : resolved_.parsed.named) {
      if (!std::ranges::contains(resolved_.words, word, to_lower)) resolved_.words.push_back(word);
    }
  }

  Result<embed::Vector> item_vector(std::string_view field, ItemId item) {
    const auto known = parts_.store.items().get(item);
    const bool is_hidden = known && parts_.visible != nullptr && !parts_.visible->shows(known->listing);
    if (!known || is_hidden) {
      Error error = is_hidden ? store::no_such_item(item) : known.error();
      if (error.code == ErrorCode::kNotFound && field != "item_id") error.field = field;
      return error;
    }
    FIT_TRY(auto vectors, parts_.store.vectors().of_items(parts_.searcher.space().id, std::span(&item, 1)));
    if (vectors.empty()) {
      return Error{ErrorCode::kUnavailable, "the item's images are not embedded yet", std::string(field), {}};
    }
    resolved_.excluded.push_back(item);
    if (field != "unlike") {
      for (const domain::ImageRecord& image : known->images)
        resolved_.example_hashes.push_back(image.perceptual_hash);
    }
    return std::move(vectors.front().values);
  }

  // kInvalid naming "space" or "vector" when the query's vector is not one of the searched space.
  Result<void> check_vector() const {
    const domain::SpaceRecord& space = parts_.searcher.space();
    if (query_.has_client_vector() && query_.vector_space != space.name) {
      return invalid("space",
                     fit::format("is not searched; vectors must be of the space \"{}\"", space.name));
    }
    if (std::ssize(query_.vector) == space.dimensions) return {};
    return invalid("vector", fit::format("has {} numbers; the vectors of the space \"{}\" have {}",
                                         query_.vector.size(), space.name, space.dimensions));
  }

  Result<void> embed_examples() {
    std::vector<embed::Vector> examples;
    if (!query_.image.empty()) {
      embed::Embedder& embedder = parts_.embedder;
      FIT_TRY(resolved_.searched_box, find_photo_box(query_, parts_.detector, parts_.image_limits));
      FIT_TRY(auto vector, photo_vector(query_, resolved_.searched_box, embedder, parts_.image_limits));
      FIT_TRY(auto predicted, embedder.predict(std::span(&vector, 1)));
      resolved_.predicted = std::move(predicted.front());
      examples.push_back(std::move(vector));
    }
    if (query_.item_id) {
      FIT_TRY(auto vector, item_vector("item_id", *query_.item_id));
      examples.push_back(std::move(vector));
    }
    if (!query_.vector.empty()) {
      FIT_CHECK(check_vector());
      if (query_.has_client_vector()) {
        FIT_TRY(auto predicted, parts_.embedder.predict(std::span(&query_.vector, 1)));
        resolved_.predicted = std::move(predicted.front());
      }
      examples.push_back(query_.vector);
    }
    for (const ItemId item : query_.like) {
      FIT_TRY(auto vector, item_vector("like", item));
      examples.push_back(std::move(vector));
    }
    for (const ItemId item : query_.unlike) {
      FIT_TRY(auto vector, item_vector("unlike", item));
      resolved_.unlike_vectors.push_back(std::move(vector));
    }
    if (examples.empty()) return {};
    resolved_.image_vector = std::move(examples.front());
    if (examples.size() == 1) return {};
    embed::Vector& mean = *resolved_.image_vector;
    for (const embed::Vector& other : std::span(examples).subspan(1)) {
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += other[i];
    }
    if (!embed::normalize(mean, static_cast<int>(mean.size()), "query")) {
      return invalid("like", "the examples cancel each other out");
    }
    return {};
  }

  // Embeds the words in the text space. When its provider fails, the query proceeds without the text space.
  void embed_in_text_space() {
    if (parts_.texts == nullptr || query_.weights.text == 0) return;
    const std::string words = wanted_words();
    if (trim(words).empty()) return;
    resolved_.words_vector = parts_.texts->embed(words);
    resolved_.provider_failed = !resolved_.words_vector;
  }

  Result<void> embed_text() {
    const std::string_view text = trim(resolved_.parsed.text);
    if (text.empty() || is_denial_only()) return {};  // a price or a denied word alone is a filter
    if (!parts_.embedder.space().has_text) return check_words();
    const std::string wanted = wanted_words();
    if (wanted.empty() && resolved_.image_vector) return {};
    std::vector<std::string> texts = {wanted.empty() ? std::string(text) : wanted};
    const std::string rest =
        resolved_.image_vector && !resolved_.parsed.properties.empty() ? resolved_.parsed.rest : "";
    if (!rest.empty()) texts.push_back(rest);
    auto vectors = parts_.embedder.embed_texts(texts);
    if (!vectors) {
      // While a remote provider is away, words are searched in listings.
      const bool is_away = parts_.embedder.is_remote() && vectors.error().code != ErrorCode::kInvalid;
      if (!is_away || !check_words()) return vectors.error();
      resolved_.provider_failed = true;
      return {};
    }
    resolved_.text_vector = std::move((*vectors)[0]);
    if (!rest.empty()) resolved_.rest_vector = std::move((*vectors)[1]);
    return {};
  }

  bool denies_words() const {
    return !resolved_.parsed.denied_brands.empty() || !resolved_.parsed.denied_words.empty();
  }

  // Whether the words name nothing but brands and words to leave out.
  bool is_denial_only() const {
    return denies_words() && resolved_.parsed.rest.empty() && resolved_.parsed.properties.empty();
  }

  // kInvalid when the words, which have no vector in the searched space, have no effect.
  Result<void> check_words() const {
    const bool has_image = resolved_.image_vector.has_value();
    const bool are_used = resolved_.words_vector ||
                          (!resolved_.words.empty() && (has_image || query_.weights.words > 0)) ||
                          (std::ranges::any_of(resolved_.parsed.properties, &SoftProperty::is_used) &&
                           (has_image || query_.weights.properties > 0));
    if (!are_used) {
      return invalid("text",
                     fit::format("says nothing that can be searched, and the model \"{}\" has no text "
                                 "side: name a garment, a brand or a property",
                                 parts_.embedder.space().model));
    }
    return {};
  }

  // The words without negated ones, because the vector of "no stripes" is near that of stripes.
  std::string wanted_words() const {
    const auto& properties = resolved_.parsed.properties;
    if (!denies_words() && std::ranges::all_of(properties, &SoftProperty::wanted))
      return std::string(trim(resolved_.parsed.text));
    std::string words = resolved_.parsed.rest;
    for (const SoftProperty& one : properties) {
      if (one.wanted) words += (words.empty() ? "" : " ") + one.value;
    }
    return words;
  }

  // Inherits the kind of the examples' garments unless the words name one. It comes from the items, otherwise
  // from the model's predictions.
  Result<void> inherit_kind() {
    const bool names_kind = std::ranges::any_of(resolved_.parsed.properties, [](const SoftProperty& one) {
      return one.wanted && std::ranges::contains(kInherited, one.property);
    });
    if (names_kind) return {};
    std::vector<ItemId> examples = query_.like;
    if (query_.item_id) examples.push_back(*query_.item_id);
    for (const std::size_t property : kInherited) {
      FIT_TRY(const auto values, parts_.columns.property_of(examples, property));
      for (const std::string& value : values) {
        if (!value.empty()) inherit(property, value, 1.0 / static_cast<double>(examples.size()));
      }
    }
    if (!resolved_.inherited.empty()) return {};
    FIT_TRY(const auto predicted, parts_.embedder.predict(std::span(&*resolved_.image_vector, 1)));
    for (const embed::PropertyPrediction& one : predicted.front()) {
      const auto property = domain::property_index(one.property);
      if (!property || !std::ranges::contains(kInherited, *property) || one.values.empty()) continue;
      inherit(*property, one.values[0].value, one.values[0].confidence);
    }
    return {};
  }

  // Inherits a value that the words do not deny. What several examples have counts as often.
  void inherit(std::size_t property, const std::string& value, double confidence) {
    SoftProperty meaning = parser_.soft_property(property, value, QueryParser::Kinds::kExclude);
    const bool is_denied = std::ranges::any_of(resolved_.parsed.properties, [&](const SoftProperty& one) {
      return !one.wanted && one.property == meaning.property &&
             std::ranges::contains(one.values, meaning.values.front());
    });
    if (is_denied) return;
    for (ResolvedQuery::Inherited& one : resolved_.inherited) {
      if (one.property.property != meaning.property || one.property.values != meaning.values) continue;
      one.confidence += confidence;
      return;
    }
    const auto with_kinds = parser_.soft_property(property, value);
    resolved_.inherited.push_back({std::move(meaning), confidence, with_kinds.values});
  }

  const ResolverParts& parts_;
  const QueryParser& parser_;
  const Query& query_;
  ResolvedQuery resolved_;
};

}  // namespace

Result<ResolvedQuery> resolve_query(const ResolverParts& parts, const QueryParser& parser,
                                    const Query& query) {
  return QueryResolver(parts, parser, query).resolve();
}

}  // namespace fit::search
