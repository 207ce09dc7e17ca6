#pragma once

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "ontology/ontology.h"
#include "search/exchange_rates.h"
#include "search/fusion.h"
#include "search/item_columns.h"
#include "search/query.h"
#include "search/query_parser.h"
#include "search/ranking.h"
#include "search/resolved_query.h"
#include "search/text_space.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::search {

// An item of the results with its similarity and scores.
struct Hit {
  domain::ItemRecord item;
  ImageId best_image;
  // Cosine of the best image to the query's image vector, otherwise to its text vector; 1 is best. NaN for a
  // query without vectors.
  double similarity = std::numeric_limits<double>::quiet_NaN();
  // The calibrated probability, 0 to 1, that the item is of the requested kind: the type of garment of the
  // photo or the examples, otherwise the description in the text. nullopt when the space is not calibrated.
  std::optional<double> relevance;
  bool is_same_image = false;  // the best image shows the same picture as the query's photo or examples
  double score = 0;            // orders the hits; higher is better
  KindTier tier = KindTier::kOfKind;
  bool is_behind_fused = false;  // found by similarity alone, behind the fused candidates of its tier
  std::vector<ScorePart> parts;  // their sum is the score; empty unless Query::explain is set

  SortKey sort_key() const { return {tier, is_behind_fused, score, item.id}; }
};

// How many results an order by a value has: all of those that satisfy the query's thresholds, or the best.
struct SortedExtent {
  std::size_t count = 0;
  bool is_complete = true;  // no result is left out
};

// The response to a query.
struct SearchResults {
  std::vector<Hit> hits;  // best first
  std::string space;      // the vector space that was searched
  // The part of the photo that was searched with; nullopt for a query that names none.
  std::optional<media::Box> searched_box = {};
  // Predicted for the garment in the query's photo; empty for other queries and for models that predict
  // nothing.
  embed::PropertyPredictions predicted;
  std::optional<ParsedText> parsed_text;             // for queries with words
  std::optional<domain::PriceUnit> price_unit = {};  // in which prices were counted; nullopt: as amounts
  std::optional<domain::PriceUnit> order_unit = {};  // in which prices were ordered; nullopt: as amounts
  std::optional<SortedExtent> sorted = {};           // of a query that ranks and is ordered by a value
  // Beside an example: values of the words or of the example's kind that no result has together with what
  // else is asked for, so that the results lack them or have them without the others.
  std::vector<GivenUp> given_up;
  std::vector<domain::Facet> facets;  // over the items that satisfy the filter, in the requested order
  std::string reason;                 // why the filter or the words exclude all items; empty otherwise
  std::vector<InterleavedHit> interleaved =
      {};                    // of the fused hits of the first page of an interleaved query
  std::string next_cursor;   // the cursor of the next page if Query::paged is set and there may be one
  bool is_cached = false;    // found in the result cache
  bool is_degraded = false;  // computed without the text space, whose provider failed; not cached
  double embed_ms = 0;
  double search_ms = 0;
};

class RecallProbe;
class ResultCache;

// Which searches are logged as slow.
struct SlowSearches {
  Log log;
  std::chrono::milliseconds from{1'000};  // the time of a search from which on it is slow
};

// The text space of a catalogue: its embedder for words and its searcher for items.
struct TextSearch {
  TextSpace& embedder;
  const VectorSearcher& searcher;
};

// Executes queries. Thread-safe; calls block. Borrows its parts.
//
// The results of a photo or an item alone are ordered by similarity. With words or further examples,
// candidates are fused as search/ranking.h says, and the remaining items follow by similarity, so that a page
// has `limit` items whenever that many match the filter. Beside an example and words, items of the kind come
// before all others. Pages of one query never overlap while the catalogue
// is unchanged.
class SearchEngine {
 public:
  // The dependencies of the engine.
  struct Parts {
    store::Catalogue& store;
    embed::Embedder& embedder;
    const VectorSearcher& searcher;
    const ItemColumns& columns;
    ontology::Ontology ontology;
    std::vector<RerankSpace> rerank_spaces;
    media::Limits image_limits;
    Metrics& metrics;
    ResultCache* cache = nullptr;               // null: results are not cached
    RecallProbe* recall = nullptr;              // measures the recall of some queries; null: nobody does
    std::optional<TextSearch> texts = {};       // nullopt: there is no text space
    const CurrentRates* rates = nullptr;        // null: currencies are not converted
    const embed::Detector* detector = nullptr;  // null: garments in photos are not found
    std::optional<SlowSearches> slow = {};      // nullopt: none is logged
  };
  explicit SearchEngine(Parts parts);
  ~SearchEngine();

  // The errors of check_query(); kInvalid for a text that cannot be searched because the space has no text
  // side, and for a cursor that is malformed or belongs to another query; kNotFound for unknown items in
  // item_id, like and unlike; the errors of media::decode() for the image; kUnavailable while the index is
  // being built.
  // kCancelled when Query::stop was requested before the results were complete.
  Result<SearchResults> search(const Query& query);

  // The cursor at the beginning of the query's page: with the number of results before it, but without a last
  // result on the first page. kInvalid naming "cursor". Does not block.
  Result<Cursor> position(const Query& query) const;

  // Two searches of one query, each without items that show an image which an earlier one shows: for each hit
  // of the second, the item of the first that shows the same image, otherwise the hit's own item. Images are
  // compared in this engine's space. Errors are those of the vectors' store. Blocks.
  Result<std::vector<ItemId>> match_copies(std::span<const Hit> first, std::span<const Hit> second) const;

  // Whether a caller whose Query::required is `required` may see the item. Reads the stored item, so that
  // every write that returned before counts. False for an unknown item. Errors are the store's.
  Result<bool> may_show(ItemId item, const Filter& required);
  // The same for a listing as it is stored. Does not block.
  bool may_show(const domain::Listing& listing, const Filter& required) const;

  // The query as vectors, words, properties and a filter, for callers that compare single items with it. The
  // errors of search(), but the index need not be complete.
  Result<ResolvedQuery> resolve(const Query& query);
  // A key of a value of a filter's column: whenever an item's text satisfies a condition on the value, both
  // have the same key, whatever their spelling. Does not block.
  std::string value_key(std::string_view column, std::string_view value) const;
  // The space of the vectors that the engine compares.
  const domain::SpaceRecord& space() const;
  // The names of the spaces of FusionWeights::spaces.
  std::vector<std::string> fused_spaces() const;
  // By which the query is fused unless Query::fusion says otherwise. A part that the engine never has, such
  // as that of texts without a text space, has the weight 0. Does not block.
  FusionWeights fixed_fusion(const Query& query) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::search
