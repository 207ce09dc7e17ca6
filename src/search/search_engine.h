#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "ontology/ontology.h"
#include "search/backend.h"
#include "search/query.h"
#include "search/query_parser.h"
#include "search/ranking.h"
#include "search/text_space.h"
#include "store/catalogue.h"

namespace fit::search {

struct Hit {
  domain::ItemRecord item;
  ImageId best_image;
  // Cosine of the best image to the photo or the examples, or else to the text; 1 is best. NaN where nothing
  // was compared: the words asked for a price alone.
  double similarity = std::numeric_limits<double>::quiet_NaN();
  // How likely the item is of the kind asked for, 0 to 1: of the photo's or the examples' type of garment, or
  // else what the text says; nothing where the space's cosines are not calibrated.
  std::optional<double> relevance;
  double score = 0;              // what the order goes by
  std::vector<ScorePart> parts;  // that add up to the score, where Query::explain is set
};

struct SearchResults {
  std::vector<Hit> hits;  // best first
  std::string space;      // the vector space that was searched
  // What the model believes about the garment in the photo that was asked with; empty for other questions and
  // for models that predict nothing.
  embed::PropertyPredictions predicted;
  std::optional<ParsedText> parsed_text;  // how the words were read, where there are words
  std::vector<Facet> facets;              // of the items that satisfy the filter, in the order asked for
  std::string reason;                     // why there are no hits, where the filter or the words are to blame
  std::string next_cursor;                // of the next page, where Query::paged is set and there may be one
  bool is_remembered = false;             // found in the cache of answers
  bool is_makeshift = false;  // the provider of text embeddings did not answer: made without, not kept
  double embed_ms = 0;
  double search_ms = 0;
};

class ResultCache;

// Answers questions from the backend and the store. Thread-safe; calls block. Does not own its parts.
//
// A photo or an item alone is answered by likeness. With words or more examples besides, candidates are fused
// as search/ranking.h says, and what the fusion did not reach follows by likeness; so a page has `limit`
// items whenever that many match the filter. Pages of one question never overlap while the catalogue stays as
// it is.
class SearchEngine {
 public:
  struct Parts {
    store::Catalogue& store;
    embed::Embedder& embedder;
    Backend& backend;
    ontology::Ontology ontology;
    std::vector<RerankSpace> rerank_spaces;
    media::Limits image_limits;
    Metrics& metrics;
    ResultCache* answers = nullptr;  // optional: answers are remembered there
    TextSpace* texts = nullptr;      // optional: words are compared with items' texts there
  };
  explicit SearchEngine(Parts parts);
  ~SearchEngine();

  // The errors of check_query(), kInvalid (a text without words where the space has no text side, a broken
  // cursor or one of another question), kNotFound (item_id, like, unlike), the errors of media::decode for
  // the image, kUnavailable while the index is being built.
  Result<SearchResults> search(const Query& query);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::search
