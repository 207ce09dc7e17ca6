#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/vectors.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "search/query.h"
#include "store/catalogue.h"

namespace fit::search {

struct RerankWeight {
  std::string space;
  double weight = 0;  // 0 to kMaxWeight; the searched space's is 1
};

// Reads RERANK_SPACES: "palette:0.5,clip:1". Empty: none. kInvalid naming the setting.
Result<std::vector<RerankWeight>> parse_rerank_spaces(std::string_view setting);

// A space beside the searched one. Similarities in it count in the order of the candidates of the searched
// space.
struct RerankSpace {
  domain::SpaceRecord space;
  embed::Embedder* embedder = nullptr;  // not owned; nullptr: its vectors come from elsewhere
  double weight = 0;
};

// The image vector of a query in each rerank space; nothing for a photo where the space has no embedder, and
// for examples that have no vector there.
using RerankVectors = std::vector<std::optional<embed::Vector>>;

// The vectors of the photo, or of the mean of the examples (item_id, like). The errors of media::decode and
// of the embedders.
Result<RerankVectors> rerank_vectors(store::Catalogue& store, std::span<const RerankSpace> spaces,
                                     const Query& query, const media::Limits& limits);

// Sorts neighbors by their similarity plus, for each space, its weight times the cosine of the item's best
// image there. An item without a vector in a space gets the mean of the others. fit tune (evaluate/tuning.h)
// learns the weights. The similarities themselves stay. The errors of the store.
Result<void> rerank(store::Catalogue& store, std::span<const RerankSpace> spaces,
                    const RerankVectors& vectors, std::vector<domain::Neighbor>& neighbors);

}  // namespace fit::search
