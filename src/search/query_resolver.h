#pragma once

#include "media/image.h"
#include "search/ranking.h"
#include "search/text_space.h"

namespace fit::search {

struct ResolverParts {
  store::Catalogue& store;
  embed::Embedder& embedder;
  const Backend& backend;
  std::span<const RerankSpace> rerank_spaces;
  const media::Limits& image_limits;
  TextSpace* texts = nullptr;  // optional
};

// Turns a checked question into vectors and properties. Errors as for SearchEngine::search().
Result<ResolvedQuery> ask(const ResolverParts& parts, const QueryParser& reader, const Query& query);

}  // namespace fit::search
