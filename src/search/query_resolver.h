#pragma once

#include "media/image.h"
#include "search/exchange_rates.h"
#include "search/ranking.h"
#include "search/text_space.h"
#include "search/visible_catalogue.h"

namespace fit::search {

// The dependencies of resolve_query().
struct ResolverParts {
  store::Catalogue& store;
  embed::Embedder& embedder;
  const VectorSearcher& searcher;
  const ItemColumns& columns;
  std::span<const RerankSpace> rerank_spaces;
  const media::Limits& image_limits;
  TextSpace* texts = nullptr;                 // null: there is no text space
  const VisibleCatalogue* visible = nullptr;  // what Query::required shows; null: all items exist
  // Null: the words of a price are compared without regard to their currency, and bounds in a currency with
  // prices of this currency only.
  const ExchangeRates* rates = nullptr;
  const embed::Detector* detector = nullptr;  // null: garments in photos are not found
};

// Turns a checked query into vectors, words, properties and a filter. `parser` is that of `parts.visible`
// where it is set. Thread-safe; blocks. Errors as for SearchEngine::search().
Result<ResolvedQuery> resolve_query(const ResolverParts& parts, const QueryParser& parser,
                                    const Query& query);

}  // namespace fit::search
