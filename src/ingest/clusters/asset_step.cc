#include "ingest/clusters/asset_step.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ingest/assets/frame_ids.h"
#include "ingest/clusters/clusters.h"
#include "ingest/clusters/member_searcher.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kAssetChangesOfStep = 128;

domain::ImageRecord image_record(AssetId asset, const AssetFrame& frame) {
  domain::ImageRecord record;
  record.id = image_of_frame(frame.id);
  record.item = item_of_asset(asset);
  record.sha256 = frame.sha256;
  record.perceptual_hash = frame.perceptual_hash;
  return record;
}

// The items that were made of assets, by their numbers.
using ItemsOfAssets = std::unordered_map<ItemId, domain::ItemRecord>;

Result<ItemsOfAssets> items_of_assets(store::Catalogue& store, std::span<const AssetImages> assets) {
  std::vector<ItemId> ids;
  for (const AssetImages& one : assets) {
    if (one.asset.item) ids.push_back(*one.asset.item);
  }
  ItemsOfAssets items;
  if (ids.empty()) return items;
  FIT_TRY(auto records, store.items().get(ids));
  for (domain::ItemRecord& record : records) items.emplace(record.id, std::move(record));
  for (const ItemId id : ids) {
    // The item has just been removed, or a standby that was read is behind: the step is taken again.
    if (!items.contains(id)) return Error{ErrorCode::kUnavailable, "an item cannot be read yet", {}, {}};
  }
  return items;
}

// Forgets the items that are gone, as the same state of the database has it.
Result<void> forget_gone_items(sql::SqlConnection& connection, std::vector<AssetImages>& assets) {
  std::vector<std::int64_t> ids;
  for (const AssetImages& one : assets) {
    if (one.asset.item) ids.push_back(one.asset.item->value);
  }
  std::unordered_set<ItemId> present;
  FIT_CHECK(sql::query_among(connection, "SELECT id FROM items WHERE id", ids,
                             [&](const sql::SqlRow& row) { present.insert(ItemId{row.integer(0)}); }));
  for (AssetImages& one : assets) {
    if (one.asset.item && !present.contains(*one.asset.item)) one.asset.item.reset();
  }
  return {};
}

// Makes one batch of changed assets.
class AssetStep {
 public:
  AssetStep(store::Catalogue& store, const ClusterState& state, const ChangedAssets& changed,
            ClusterAssigner& assigner)
      : store_(store), changed_(changed), assigner_(assigner) {
    batch_.version = state.version;
    batch_.generation = state.generation;
    batch_.position = state.position;
    batch_.assets = changed.position;
    for (const AssetImages& one : changed.assets) assets_.emplace(one.asset.id, &one);
    for (const ClusterMember& member : changed.members) {
      members_[member.item].push_back(&member);
      placed_.insert(member.image);
    }
    for (const FrameVector& one : changed.vectors) vectors_[one.asset].push_back(image_vector(one));
  }

  Result<ClusterBatch> run(const std::stop_token& stop) {
    FIT_TRY(items_, items_of_assets(store_, changed_.assets));
    FIT_CHECK(read_images_in_clusters());
    // Items come first, so that the images of other assets find them in their places.
    for (const AssetId id : changed_.ids) settle_members(id);
    for (const AssetId id : changed_.ids) {
      if (stop.stop_requested()) return cancelled();
      FIT_CHECK(place(id));
    }
    batch_.added = assigner_.placed();
    return std::move(batch_);
  }

 private:
  const AssetImages* find(AssetId id) const {
    const auto found = assets_.find(id);
    return found == assets_.end() ? nullptr : found->second;
  }
  // The item that was made of an asset; null without one.
  const domain::ItemRecord* item_of(const AssetImages& asset) const {
    if (!asset.asset.item) return nullptr;
    const auto found = items_.find(*asset.asset.item);
    return found == items_.end() ? nullptr : &found->second;
  }

  Result<void> read_images_in_clusters() {
    std::vector<ImageId> images;
    for (const auto& [id, item] : items_) {
      for (const domain::ImageRecord& image : item.images) images.push_back(image.id);
    }
    if (images.empty()) return {};
    FIT_TRY(const auto members, Clusters(store_.database()).find(images));
    for (const ClusterMember& member : members) placed_.insert(member.image);
    return {};
  }

  // Decides what becomes of the images of an asset that are in clusters.
  void settle_members(AssetId id) {
    const auto members = members_.find(item_of_asset(id));
    if (members == members_.end()) return;
    const AssetImages* const asset = find(id);
    for (const ClusterMember* const member : members->second) {
      const AssetFrame* const frame = asset == nullptr ? nullptr : frame_of(*asset, member->image);
      const domain::ItemRecord* const item = frame == nullptr ? nullptr : item_of(*asset);
      if (frame != nullptr && item == nullptr) continue;
      batch_.gone.push_back(*member);
      if (item != nullptr) replace(*member, *frame, *item);
    }
  }

  static const AssetFrame* frame_of(const AssetImages& asset, ImageId image) {
    const auto found = std::ranges::find_if(
        asset.frames, [image](const AssetFrame& frame) { return image_of_frame(frame.id) == image; });
    return found == asset.frames.end() ? nullptr : &*found;
  }

  void replace(const ClusterMember& member, const AssetFrame& frame, const domain::ItemRecord& item) {
    const auto image = std::ranges::find(item.images, frame.sha256, &domain::ImageRecord::sha256);
    if (image == item.images.end()) return;
    batch_.replaced.push_back({.before = member.image, .after = image->id});
    if (!placed_.insert(image->id).second) return;
    assigner_.add({.image = image->id,
                   .item = item.id,
                   .cluster = member.cluster,
                   .photo = member.photo,
                   .similarity = member.similarity});
  }

  Result<void> place(AssetId id) {
    const AssetImages* const asset = find(id);
    const auto own = vectors_.find(id);
    if (asset == nullptr || own == vectors_.end() || item_of(*asset) != nullptr) return {};
    for (const AssetFrame& frame : asset->frames) {
      const domain::ImageRecord image = image_record(id, frame);
      if (!placed_.contains(image.id)) FIT_CHECK(assigner_.place(image, own->second));
    }
    return {};
  }

  store::Catalogue& store_;
  const ChangedAssets& changed_;
  ClusterAssigner& assigner_;
  ClusterBatch batch_;
  std::unordered_map<AssetId, const AssetImages*> assets_;
  std::unordered_map<ItemId, std::vector<const ClusterMember*>> members_;  // by asset
  std::unordered_map<AssetId, std::vector<domain::ImageVector>> vectors_;
  std::unordered_set<ImageId> placed_;
  ItemsOfAssets items_;
};

}  // namespace

Result<ChangedAssets> read_changed_assets(sql::SqlConnection& connection, const ClusterState& state,
                                          std::int64_t space_id, std::int64_t last) {
  ChangedAssets changed;
  FIT_TRY(auto changes, read_asset_changes(connection, state.assets, kAssetChangesOfStep));
  std::erase_if(changes, [last](const AssetChange& one) { return one.position > last; });
  if (changes.empty()) return changed;
  std::vector<ItemId> owners;
  for (const AssetChange& one : changes) {
    changed.ids.push_back(one.asset);
    owners.push_back(item_of_asset(one.asset));
  }
  changed.position = changes.back().position;
  FIT_TRY(changed.assets, read_asset_images(connection, changed.ids));
  FIT_CHECK(forget_gone_items(connection, changed.assets));
  FIT_TRY(changed.vectors, read_frame_vectors(connection, space_id, changed.ids));
  FIT_TRY(changed.members, read_members_of_items(connection, state.generation, owners));
  return changed;
}

Result<ClusterBatch> follow_assets(store::Catalogue& store, const ClusterState& state,
                                   const ChangedAssets& changed, ClusterAssigner& assigner,
                                   const std::stop_token& stop) {
  return AssetStep(store, state, changed, assigner).run(stop);
}

domain::ImageVector image_vector(FrameVector vector) {
  return {.image = image_of_frame(vector.frame),
          .item = item_of_asset(vector.asset),
          .values = std::move(vector.values)};
}

Result<std::vector<domain::ItemRecord>> read_owners(store::Catalogue& store, std::span<const ItemId> owners) {
  const ItemsAndAssets split = split_owners(owners);
  std::vector<domain::ItemRecord> records;
  if (!split.items.empty()) {
    FIT_TRY(records, store.items().get(split.items));
  }
  if (split.assets.empty()) return records;
  FIT_TRY(const auto assets, store.database().read([&](sql::SqlConnection& connection) {
    return read_asset_images(connection, split.assets);
  }));
  for (const AssetImages& one : assets) {
    domain::ItemRecord record;
    record.id = item_of_asset(one.asset.id);
    for (const AssetFrame& frame : one.frames) record.images.push_back(image_record(one.asset.id, frame));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace fit::ingest
