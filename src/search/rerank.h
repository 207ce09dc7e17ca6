#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/vectors.h"
#include "embed/embedder.h"
#include "index/vector_index.h"
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

// A space beside the searched one. Likeness in it counts in the order of what the searched space found.
struct RerankSpace {
  domain::SpaceRecord space;
  embed::Embedder* embedder = nullptr;  // not owned; nullptr: its vectors come from elsewhere
  double weight = 0;
};

// What a question looks like in the rerank spaces, in their order; nothing where it has no look there: a
// photo where the space has no embedder, items that have no vector in it.
using RerankLooks = std::vector<std::optional<embed::Vector>>;

// The looks of the photo, or of the mean of the examples (item_id, like). The errors of media::decode and of
// the embedders.
Result<RerankLooks> rerank_looks(store::Catalogue& store, std::span<const RerankSpace> spaces,
                                 const Query& query, const media::Limits& limits);

// Puts neighbours in the order of their similarity plus, for each space, its weight times the cosine of the
// item's best image there. An item without a vector in a space gets the mean of the others. fit tune
// (search/tuning.h) learns the weights. Leaves the similarities as they are. The errors of the store.
Result<void> rerank(store::Catalogue& store, std::span<const RerankSpace> spaces, const RerankLooks& looks,
                    std::vector<domain::Neighbor>& neighbors);

}  // namespace fit::search
