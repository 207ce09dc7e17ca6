#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "embed/embedder.h"
#include "search/cursor.h"
#include "search/item_columns.h"
#include "search/query.h"
#include "search/query_parser.h"
#include "search/rerank.h"
#include "search/vector_searcher.h"
#include "search/word_searcher.h"
#include "store/catalogue.h"

namespace fit::search {

// From which relevance an item is close to what is asked for (Query::close_only).
inline constexpr double kCloseRelevance = 0.3;

// How many of a list's nearest items are fused with those of the others.
inline constexpr std::size_t kRankedDepth = 100;

// A query as vectors, words, properties and a filter.
struct ResolvedQuery {
  // A property of the examples that results should share unless the words name another value: the results of
  // "this but in red" for a jacket are jackets.
  struct Inherited {
    SoftProperty property;
    double confidence = 1;  // 0..1
  };

  ParsedText parsed;
  Filter filter;                              // includes the price that the words ask for
  std::optional<embed::Vector> image_vector;  // the photo's vector, or the mean of the examples' vectors
  std::vector<embed::Vector> unlike_vectors;
  std::optional<embed::Vector> text_vector;  // the vector of the words, where the space embeds texts
  // The vector of the words that name no property of any item. Set only beside an image vector.
  std::optional<embed::Vector> rest_vector;
  // Searched in titles, brands and descriptions: first the words that name no property, then, without an
  // image vector, those that name wanted properties.
  std::vector<std::string> words;
  std::size_t free_words = 0;      // of them, those that name no property
  std::vector<std::string> names;  // of them, those of brands and the like; lower case
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

// A part of a score.
struct ScorePart {
  std::string name;  // "image", "text", "texts", "words", "properties", ...
  double score = 0;
};

// An item that one or more lists propose.
struct Candidate {
  ItemId item;
  ImageId image = {};                                            // its best image; 0: not known
  double similarity = std::numeric_limits<double>::quiet_NaN();  // cosine to query_vector()
  std::optional<double> relevance = {};
  double score = 0;
  std::vector<ScorePart> parts = {};  // their sum is the score
  bool is_behind_fused = false;       // found by similarity alone, behind the fused candidates

  SortKey sort_key() const { return {is_behind_fused, score, item}; }
};

// The dependencies of rank_candidates().
struct RankingParts {
  store::Catalogue& store;
  embed::Embedder& embedder;
  const VectorSearcher& searcher;
  const ItemColumns& columns;
  const WordSearcher& words;
  const VectorSearcher* text_searcher = nullptr;  // searches the text space; null: there is none
  std::span<const RerankSpace> rerank_spaces;
};

// The fused candidates of a query, best first, equal ones by id; the same for every page.
struct RankedCandidates {
  std::vector<Candidate> candidates;
  // How much of what the words say the catalogue or the ontology knows, 0 to 1: how far similarity to the
  // words may be trusted. 1 where the query has an image vector.
  double trust = 1;
};

// Ranks the candidates of a query.
//
// Candidates come from lists: the items nearest to the image vector (reranked by their similarity in the
// rerank spaces), to the text vector and to the sum of both, each over the selection and over its items with
// the named properties; the items that have the words; and the items whose texts are nearest to the words in
// the text space. The lists are fused by reciprocal rank (Cormack, Clarke, Buettcher 2009: the sum of weight
// / (60 + rank)). In the list of words, an item's part is scaled by its score beside the best one's, and by
// the share of the words that the best one has; in that of texts, by how much nearer the item is than the
// last of the list. Words that are names (a brand's, or with a digit) or rare count up to four times, since
// vectors represent them poorly. Agreement with the named and inherited properties adds as much as a first
// rank; similarity to `unlike` examples subtracts. Where the words alone ask, items whose title, brand and
// size have all names and rare words that name no property come first.
//
// The relevance of a candidate is that of its similarity by the space's curve, and, where the words alone
// ask, at least that of the words and properties that it has. The errors of the parts.
Result<RankedCandidates> rank_candidates(const RankingParts& parts, const Query& query,
                                         const ResolvedQuery& resolved, const Selection& selection);

}  // namespace fit::search
