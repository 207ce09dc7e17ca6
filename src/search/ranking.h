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

// How many of a list's nearest items are fused with those of the others.
inline constexpr std::size_t kRankedDepth = 100;

// A query as vectors, words, properties and a filter.
struct ResolvedQuery {
  // A property of the examples that results share where the words do not name another: "this but in red"
  // stays a jacket.
  struct Inherited {
    SoftProperty property;
    double confidence = 1;  // 0..1
  };

  ParsedText parsed;
  Filter filter;                              // with the price that the words ask for
  std::optional<embed::Vector> image_vector;  // of the photo, or the mean of the examples
  std::vector<embed::Vector> unlike_vectors;
  std::optional<embed::Vector> text_vector;  // of the words, where the space embeds texts
  // Of the words that name no property of any item; beside an image vector only.
  std::optional<embed::Vector> rest_vector;
  // Searched in titles, brands and descriptions: first the words that name no property, then, without an
  // image vector, those that name wanted properties.
  std::vector<std::string> words;
  std::size_t free_words = 0;  // of them, those that name no property
  std::vector<Inherited> inherited;
  std::vector<ItemId> excluded;  // the examples themselves
  embed::PropertyPredictions predicted;
  std::optional<embed::Vector> words_vector;  // of the words, in the text space
  bool provider_failed = false;               // the text space has a provider, which did not respond
  RerankVectors rerank_vectors;               // empty: there are no rerank spaces, or no image vector

  // The calibrated relevance of a similarity; null where the space has none. Borrowed from the embedder.
  const embed::RelevanceCurve* relevance = nullptr;
  std::optional<double> min_similarity;  // the stricter of the query's two thresholds

  // What similarities are measured to: the image vector, else the text vector; null without both.
  const embed::Vector* query_vector() const {
    return image_vector ? &*image_vector : text_vector ? &*text_vector : nullptr;
  }
  // Whether words, and no vector of the searched space, are all that results can be found by.
  bool has_words_only() const {
    return query_vector() == nullptr && !(words.empty() && parsed.properties.empty() && !words_vector);
  }
};

// A part of a score.
struct ScorePart {
  std::string name;  // "image", "text", "texts", "words", "properties", ...
  double score = 0;
};

// An item on its way to a page.
struct Candidate {
  ItemId item;
  ImageId image = {};                                            // the best one; 0: not known
  double similarity = std::numeric_limits<double>::quiet_NaN();  // cosine to query_vector()
  double score = 0;
  std::vector<ScorePart> parts = {};  // their sum is the score
  bool is_behind_fused = false;       // found by similarity alone, behind the fused candidates

  SortKey sort_key() const { return {is_behind_fused, score, item}; }
};

struct RankingParts {
  store::Catalogue& store;
  embed::Embedder& embedder;
  const VectorSearcher& searcher;
  const ItemColumns& columns;
  const WordSearcher& words;
  const VectorSearcher* text_searcher = nullptr;  // of the text space; null: there is none
  std::span<const RerankSpace> rerank_spaces;
};

// The fused candidates of a query, best first, equal ones by id; the same for every page.
//
// Candidates come from lists: the items nearest to the image vector (reranked by their similarity in the
// rerank spaces), to the text vector and to the sum of both, each over the selection and over its items with
// the named properties; the items that have the words; and the items whose texts are nearest to the words in
// the text space. The lists are fused by reciprocal rank (Cormack, Clarke, Buettcher 2009: the sum of weight
// / (60 + rank)). In the list of words, an item's part is scaled by its score beside the best one's, and by
// the share of the words that the best one has; in that of texts, by how much nearer the item is than the
// last of the list. Words that are names (a brand's, or with a digit) or rare count up to four times, since
// vectors represent them poorly. Agreement with the named and inherited properties adds as much as a first
// rank; similarity to `unlike` examples subtracts. The errors of the parts.
Result<std::vector<Candidate>> rank_candidates(const RankingParts& parts, const Query& query,
                                               const ResolvedQuery& resolved, const Selection& selection);

}  // namespace fit::search
