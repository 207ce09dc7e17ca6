#include "ingest/clusters/member_searcher.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ingest/assets/frame_ids.h"

namespace fit::ingest {
namespace {

// The best of both, equal similarities by smaller id.
std::vector<domain::Neighbor> best_of_both(std::vector<domain::Neighbor> items,
                                           std::vector<domain::Neighbor> assets, std::size_t limit) {
  if (assets.empty()) return items;
  items.insert(items.end(), assets.begin(), assets.end());
  std::ranges::sort(items, {},
                    [](const domain::Neighbor& one) { return std::pair(-one.similarity, one.item); });
  if (items.size() > limit) items.resize(limit);
  return items;
}

}  // namespace

ItemsAndAssets split_owners(std::span<const ItemId> owners) {
  ItemsAndAssets split;
  for (const ItemId owner : owners) {
    if (const auto asset = asset_of_item(owner)) {
      split.assets.push_back(*asset);
    } else {
      split.items.push_back(owner);
    }
  }
  return split;
}

Result<std::vector<domain::Neighbor>> MemberSearcher::nearest(std::span<const float> vector,
                                                              std::size_t limit,
                                                              const search::Selection& selection,
                                                              float min_similarity) const {
  FIT_TRY(auto items, items_.nearest(vector, limit, selection, min_similarity));
  FIT_TRY(auto assets, frames_.nearest(vector, {.limit = limit, .min_similarity = min_similarity}));
  return best_of_both(std::move(items), std::move(assets), limit);
}

Result<std::vector<domain::Neighbor>> MemberSearcher::candidates(std::span<const float> vector,
                                                                 std::size_t limit,
                                                                 const search::Selection& selection) const {
  FIT_TRY(auto items, items_.candidates(vector, limit, selection));
  FIT_TRY(auto assets, frames_.nearest(vector, {.limit = limit, .are_candidates = true}));
  return best_of_both(std::move(items), std::move(assets), limit);
}

Result<std::vector<domain::ImageVector>> MemberSearcher::vectors_of(std::span<const ItemId> owners) const {
  const ItemsAndAssets split = split_owners(owners);
  std::vector<domain::ImageVector> vectors;
  if (!split.items.empty()) {
    FIT_TRY(vectors, items_.vectors_of(split.items));
  }
  if (!split.assets.empty()) {
    auto of_assets = frames_.vectors_of(split.assets);
    std::ranges::move(of_assets, std::back_inserter(vectors));
  }
  return vectors;
}

}  // namespace fit::ingest
