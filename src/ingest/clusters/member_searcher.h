#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "ingest/assets/asset.h"
#include "ingest/clusters/frame_index.h"
#include "search/vector_searcher.h"

namespace fit::ingest {

// Items and assets as they are told apart by frame_ids.h, each in the order given.
struct ItemsAndAssets {
  std::vector<ItemId> items;
  std::vector<AssetId> assets;
};
ItemsAndAssets split_owners(std::span<const ItemId> owners);

// Finds the nearest among the items of a catalogue and its assets, which have the ids of frame_ids.h. Assets
// belong to every selection. State and position are those of the items. Borrows what it is made of.
class MemberSearcher final : public search::VectorSearcher {
 public:
  MemberSearcher(const search::VectorSearcher& items, const FrameIndex& frames)
      : items_(items), frames_(frames) {}

  const domain::SpaceRecord& space() const override { return items_.space(); }
  bool is_complete() const override { return items_.is_complete(); }
  std::optional<std::int64_t> position() const override { return items_.position(); }
  Result<search::SearcherState> state() const override { return items_.state(); }
  Result<std::vector<domain::Neighbor>> nearest(
      std::span<const float> vector, std::size_t limit, const search::Selection& selection,
      float min_similarity = -std::numeric_limits<float>::infinity()) const override;
  Result<std::vector<domain::Neighbor>> candidates(std::span<const float> vector, std::size_t limit,
                                                   const search::Selection& selection) const override;
  // Those of items come first.
  Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> owners) const override;

 private:
  const search::VectorSearcher& items_;
  const FrameIndex& frames_;
};

}  // namespace fit::ingest
