#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "embed/embedder.h"
#include "search/agreement.h"
#include "search/cursor.h"
#include "search/fusion.h"
#include "search/item_columns.h"
#include "search/query.h"
#include "search/rerank.h"
#include "search/resolved_query.h"
#include "search/vector_searcher.h"
#include "search/word_searcher.h"
#include "store/catalogue.h"

namespace fit::search {

// The lowest relevance of an item that is close to the query (Query::close_only).
inline constexpr double kCloseRelevance = 0.3;

// The number of candidates that each list contributes to the fusion.
inline constexpr std::size_t kRankedDepth = 100;

// The constant of reciprocal rank fusion, and the score of a first rank.
inline constexpr double kRankOffset = 60;
inline constexpr double kFirstRank = 1 / (kRankOffset + 1);

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
  KindTier tier = KindTier::kOfKind;
  bool is_behind_fused = false;  // found by similarity alone, behind the fused candidates of its tier

  SortKey sort_key() const { return {tier, is_behind_fused, score, item}; }
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
  const Selection* visible = nullptr;  // the items that exist for the query; null: all
  // Weights instead of the query's and those of `rerank_spaces`, which has the same spaces; null: there are
  // none.
  const FusionWeights* weights = nullptr;
};

// The fused candidates of a query: by tier, best first, equal scores by id. Every page of a query has the
// same candidates.
struct RankedCandidates {
  std::vector<Candidate> candidates;
  std::optional<Kind> kind = {};       // what the tiers are made by; nullopt: all items are of the first tier
  std::vector<GivenUp> given_up = {};  // what no result has together with the rest that the query asks for
  // From 0 to 1, how much of the words the catalogue or the ontology knows. It scales the relevance by
  // similarity. 1 for a query with an image vector.
  double trust = 1;
};

// Ranks the candidates of a query. Thread-safe; blocks. Returns the errors of the parts.
//
// Candidates come from lists: the items nearest to the image vector (reranked by their similarity in the
// rerank spaces), to the text vector and to the sum of both, each over the selection and over its items with
// the properties that find_agreement() finds together; the items that have the words; and the items whose
// texts are nearest to the words in the text space. The lists are fused by reciprocal rank (Cormack, Clarke,
// Buettcher 2009: the sum of weight / (60 + rank)). In the list of words, an item's part is scaled by the
// ratio of its score to the best score, and by the share of the words that the best item has; in the list of
// texts, by how much nearer the item is than the last item of the list. Words that are names (of a brand, or
// with a digit) or rare count up to four times, because vectors represent them poorly. Agreement with the
// named and inherited properties adds as much as a first rank; similarity to `unlike` examples subtracts.
// Beside an example and words, items of the kind of find_agreement() come first, then items of unknown kind;
// what it gives up is reported unless the model predicts that a candidate has everything. In a query without
// an image, items come first whose title, brand and size have all names and all rare words that name no
// property.
//
// Query::personal adds to the scores of the candidates of each tier, and so to their order; the items behind
// the candidates stay in the order of their similarity.
//
// The relevance of a candidate is that of its similarity by the space's curve; in a query without an image at
// least that of the words and properties that it has.
Result<RankedCandidates> rank_candidates(const RankingParts& parts, const Query& query,
                                         const ResolvedQuery& resolved, const Selection& selection);

}  // namespace fit::search
