#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/price_unit.h"
#include "embed/embedder.h"
#include "media/crop.h"
#include "search/filter.h"
#include "search/query_parser.h"
#include "search/rerank.h"

namespace fit::search {

// A query as vectors, words, properties and a filter.
struct ResolvedQuery {
  // A property of the examples that results should share unless the words name another value: the results of
  // "this but in red" for a jacket are jackets.
  struct Inherited {
    SoftProperty property;
    double confidence = 1;                // 0..1
    std::vector<std::string> with_kinds;  // the values that match, narrower ones included
  };

  ParsedText parsed;
  Filter filter;  // all conditions: the query's, those that the words ask for, and the required ones
  std::optional<Filter> own;  // `filter` without the required conditions, where there are any
  std::optional<domain::PriceUnit> price_unit;  // in which prices are counted; nullopt: as amounts
  std::optional<domain::PriceUnit> order_unit;  // in which prices are ordered; nullopt: as amounts
  std::optional<media::Box> searched_box;       // of the photo; nullopt: the query names no part of it
  std::optional<embed::Vector> image_vector;    // the photo's vector, or the mean of the examples' vectors
  std::vector<std::uint64_t> example_hashes;    // the perceptual hashes of the examples' images
  std::vector<embed::Vector> unlike_vectors;
  std::optional<embed::Vector> text_vector;  // the vector of the words, where the space embeds texts
  // The vector of the words that name no property of any item. Set only beside an image vector.
  std::optional<embed::Vector> rest_vector;
  // Searched in titles, brands and descriptions: first the words that name no property, then, without an
  // image vector, those that name wanted properties.
  std::vector<std::string> words;
  std::size_t free_words = 0;      // the number of `words` that name no property
  std::vector<std::string> names;  // lower case: the `words` that are names
  std::vector<Inherited> inherited;
  std::vector<ItemId> excluded;  // the examples themselves
  embed::PropertyPredictions predicted;
  std::optional<embed::Vector> words_vector;  // the vector of the words in the text space
  bool provider_failed = false;               // the provider of the text space did not respond
  RerankVectors rerank_vectors;               // empty without rerank spaces or an image vector

  // The calibrated relevance of a similarity; null where the space has none. Borrowed from the embedder.
  const embed::RelevanceCurve* relevance = nullptr;
  std::optional<double> min_similarity;
  std::optional<double> min_relevance;

  const Filter& own_filter() const { return own ? *own : filter; }
  // The vector that similarities are measured to: the image vector, otherwise the text vector; null without
  // both.
  const embed::Vector* query_vector() const {
    return image_vector ? &*image_vector : text_vector ? &*text_vector : nullptr;
  }
  // Whether results can be found by words alone, because the query has no vector of the searched space.
  bool has_words_only() const {
    return query_vector() == nullptr && !(words.empty() && parsed.properties.empty() && !words_vector);
  }
};

}  // namespace fit::search
