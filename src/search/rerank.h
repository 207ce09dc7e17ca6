#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/vectors.h"
#include "embed/embedder.h"
#include "media/image.h"
#include "search/query.h"
#include "store/catalogue.h"

namespace fit::search {

// The weight of similarities in a rerank space, relative to the searched space.
struct RerankWeight {
  std::string space;
  double weight = 0;  // 0 to kMaxWeight; the searched space has 1
};

// Reads the setting RERANK_SPACES: "palette:0.5,clip:1". Empty: no rerank spaces. kInvalid naming the
// setting.
Result<std::vector<RerankWeight>> parse_rerank_spaces(std::string_view setting);

// A space whose similarities contribute to the order of the candidates of the searched space.
struct RerankSpace {
  domain::SpaceRecord space;
  embed::Embedder* embedder = nullptr;  // borrowed; nullptr: another program computes its vectors
  double weight = 0;
};

// The image vector of a query in each rerank space; nullopt for a photo when the space has no embedder, and
// for examples that have no vector in the space.
using RerankVectors = std::vector<std::optional<embed::Vector>>;

// Computes the vectors of the photo, or of `box` of it, or the means of the examples' vectors (item_id,
// like). The errors of media::decode(), of the embedders and of the store. Thread-safe; blocks.
Result<RerankVectors> rerank_vectors(store::Catalogue& store, std::span<const RerankSpace> spaces,
                                     const Query& query, const std::optional<media::Box>& box,
                                     const media::Limits& limits);

// The cosine of each item's best image in a space; items without a vector are absent. The errors of the
// store.
Result<std::unordered_map<ItemId, double>> best_cosines(store::Catalogue& store, std::int64_t space,
                                                        const embed::Vector& vector,
                                                        std::span<const ItemId> items);

// Sorts neighbors by their similarity plus, for each space, its weight times the cosine of the item's best
// image in that space. An item without a vector in a space gets the mean cosine of the others. fit tune
// (evaluate/tuning.h) learns the weights. The similarities stay unchanged. The errors of the store.
Result<void> rerank(store::Catalogue& store, std::span<const RerankSpace> spaces,
                    const RerankVectors& vectors, std::vector<domain::Neighbor>& neighbors);

}  // namespace fit::search
