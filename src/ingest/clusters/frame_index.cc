#include "ingest/clusters/frame_index.h"

#include "index/factory/open_index.h"
#include "ingest/assets/frame_ids.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kAssetsAtOnce = 1'000;
constexpr std::size_t kFirstCapacity = 64;

// What has changed, as one state of the database has it.
struct ChangedFrames {
  std::vector<AssetId> assets;
  std::vector<FrameVector> vectors;
  std::int64_t position = 0;
};

Result<ChangedFrames> read_changed_frames(sql::SqlConnection& connection, std::int64_t space_id,
                                          std::int64_t after) {
  ChangedFrames changed;
  FIT_TRY(const auto changes, read_asset_changes(connection, after, kAssetsAtOnce));
  if (changes.empty()) return changed;
  for (const AssetChange& change : changes) changed.assets.push_back(change.asset);
  FIT_TRY(changed.vectors, read_frame_vectors(connection, space_id, changed.assets));
  changed.position = changes.back().position;
  return changed;
}

}  // namespace

Result<void> FrameIndex::catch_up(const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const ChangedFrames changed, database_.read([this](sql::SqlConnection& connection) {
      return read_changed_frames(connection, space_.id, position_);
    }));
    if (changed.assets.empty()) return {};
    FIT_CHECK(replace(changed.assets, changed.vectors));
    position_ = changed.position;
  }
}

Result<void> FrameIndex::replace(std::span<const AssetId> assets, std::span<const FrameVector> vectors) {
  if (!index_ && vectors.empty()) return {};
  if (!index_) {
    index_ = index::make_index(
        {.kind = index::IndexKind::kHnsw, .dimensions = space_.dimensions, .capacity = kFirstCapacity});
  }
  std::vector<ItemId> items;
  items.reserve(assets.size());
  for (const AssetId asset : assets) items.push_back({asset.value});
  std::vector<index::Entry> entries;
  entries.reserve(vectors.size());
  for (const FrameVector& one : vectors) {
    entries.push_back({.image = {one.frame}, .item = {one.asset.value}, .vector = one.values});
  }
  return index_->replace_items(items, entries);
}

Result<std::vector<domain::Neighbor>> FrameIndex::nearest(std::span<const float> vector,
                                                          const index::SearchOptions& options) const {
  if (!index_) return std::vector<domain::Neighbor>();
  FIT_TRY(auto found, index_->search(vector, options));
  for (domain::Neighbor& one : found) {
    one.item = item_of_asset({one.item.value});
    one.image = image_of_frame(one.image.value);
  }
  return found;
}

std::vector<domain::ImageVector> FrameIndex::vectors_of(std::span<const AssetId> assets) const {
  if (!index_) return {};
  std::vector<ItemId> items;
  items.reserve(assets.size());
  for (const AssetId asset : assets) items.push_back({asset.value});
  auto vectors = index_->vectors_of(items);
  for (domain::ImageVector& one : vectors) {
    one.item = item_of_asset({one.item.value});
    one.image = image_of_frame(one.image.value);
  }
  return vectors;
}

}  // namespace fit::ingest
