#include "ingest/clusters/cluster_follower.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "ingest/clusters/asset_step.h"
#include "ingest/clusters/cluster_assigner.h"
#include "ingest/clusters/cluster_batch.h"
#include "ingest/clusters/cluster_centre.h"
#include "ingest/clusters/cluster_rows.h"
#include "ingest/clusters/cluster_scale.h"
#include "ingest/clusters/clusters.h"
#include "ingest/clusters/member_searcher.h"
#include "search/subscriber.h"

namespace fit::ingest {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::size_t kChangesOfStep = 128;
constexpr std::size_t kCentreImages = 256;

// The changes that the search has applied, too.
Result<std::vector<store::Change>> ready_changes(store::Catalogue& store,
                                                 const search::VectorSearcher& searcher,
                                                 std::int64_t position) {
  const std::optional<std::int64_t> reached = searcher.position();
  if (reached && *reached <= position) return std::vector<store::Change>();
  FIT_TRY(auto changes, store.changes().list(position, kChangesOfStep));
  if (reached) std::erase_if(changes, [&](const store::Change& one) { return one.position > *reached; });
  return changes;
}

// The images of items by the number of the item.
using ImagesOfItems = std::unordered_map<ItemId, std::vector<domain::ImageRecord>>;

Result<ImagesOfItems> images_of(store::Catalogue& store, std::span<const ItemId> items) {
  FIT_TRY(auto records, store.items().get(items));
  ImagesOfItems images;
  for (domain::ItemRecord& record : records) images.emplace(record.id, std::move(record.images));
  return images;
}

std::vector<ClusterMember> gone_members(const std::vector<ClusterMember>& members,
                                        const ImagesOfItems& images) {
  std::vector<ClusterMember> gone;
  std::ranges::copy_if(members, std::back_inserter(gone), [&](const ClusterMember& member) {
    const auto found = images.find(member.item);
    return found == images.end() ||
           !std::ranges::contains(found->second, member.image, &domain::ImageRecord::id);
  });
  return gone;
}

std::unordered_map<ItemId, std::vector<domain::ImageVector>> by_item(
    std::vector<domain::ImageVector> vectors) {
  std::unordered_map<ItemId, std::vector<domain::ImageVector>> grouped;
  for (domain::ImageVector& vector : vectors) grouped[vector.item].push_back(std::move(vector));
  return grouped;
}

// Places the images of changed items.
Result<ClusterBatch> follow_items(store::Catalogue& store, const ClusterState& state,
                                  const std::vector<store::Change>& changes, ClusterAssigner& assigner,
                                  const search::VectorSearcher& searcher, const std::stop_token& stop) {
  const search::ChangedItems changed(changes);
  FIT_TRY(const ImagesOfItems images, images_of(store, changed.written));
  std::vector<ItemId> items = changed.written;
  items.insert(items.end(), changed.removed.begin(), changed.removed.end());
  FIT_TRY(const auto members, store.database().read([&](sql::SqlConnection& connection) {
    return read_members_of_items(connection, state.generation, items);
  }));
  std::unordered_set<ImageId> placed;
  for (const ClusterMember& member : members) placed.insert(member.image);
  FIT_TRY(auto read, searcher.vectors_of(changed.written));
  const auto vectors = by_item(std::move(read));
  for (const ItemId item : changed.written) {
    const auto own = vectors.find(item);
    const auto found = images.find(item);
    if (own == vectors.end() || found == images.end()) continue;
    if (stop.stop_requested()) return cancelled();
    for (const domain::ImageRecord& image : found->second) {
      if (!placed.contains(image.id)) FIT_CHECK(assigner.place(image, own->second));
    }
  }
  return ClusterBatch{.version = state.version,
                      .generation = state.generation,
                      .added = assigner.placed(),
                      .gone = gone_members(members, images),
                      .position = changes.back().position,
                      .assets = state.assets};
}

// The vectors of the owners of images.
Result<std::vector<domain::ImageVector>> vectors_of_owners(sql::Database& database,
                                                           const search::VectorSearcher& searcher,
                                                           std::span<const ItemId> owners) {
  const ItemsAndAssets split = split_owners(owners);
  std::vector<domain::ImageVector> vectors;
  if (!split.items.empty()) {
    FIT_TRY(vectors, searcher.vectors_of(split.items));
  }
  if (split.assets.empty()) return vectors;
  FIT_TRY(auto frames, database.read([&](sql::SqlConnection& connection) {
    return read_frame_vectors(connection, searcher.space().id, split.assets);
  }));
  for (FrameVector& one : frames) vectors.push_back(image_vector(std::move(one)));
  return vectors;
}

}  // namespace

ClusterFollower::ClusterFollower(Parts parts, double clip_threshold)
    : parts_(std::move(parts)),
      clip_threshold_(clip_threshold),
      clustered_(
          parts_.metrics.counter("fit_clustered_images_total", "Images that were put into a cluster")) {}

void ClusterFollower::start() {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

void ClusterFollower::run(const std::stop_token& stop) {
  bool has_failed = false;
  do {
    for (bool has_more = true; has_more && !stop.stop_requested();) {
      const auto done = step(stop);
      if (!done && !has_failed && !stop.stop_requested()) {
        parts_.log.error("the clusters are behind the catalogue", done.error());
      }
      has_failed = !done;
      has_more = done && *done;
    }
  } while (task_.wait_for(kLookEvery));
}

Result<const FrameIndex*> ClusterFollower::frames(const domain::SpaceRecord& space,
                                                  const std::stop_token& stop) {
  if (!frames_ || frames_->space_id() != space.id) {
    frames_ = std::make_unique<FrameIndex>(parts_.store.database(), space);
  }
  FIT_CHECK(frames_->catch_up(stop));
  return frames_.get();
}

Result<bool> ClusterFollower::step(const std::stop_token& stop) {
  store::Catalogue& store = parts_.store;
  sql::Database& database = store.database();
  FIT_TRY(const ClusterState state, database.read(read_cluster_state));
  if (state.rebuild_until > now()) return false;
  const SearchLease lease = parts_.search();
  if (!lease.searcher.is_complete()) return false;
  FIT_TRY(const FrameIndex* const frames, this->frames(lease.searcher.space(), stop));
  const MemberSearcher searcher(lease.searcher, *frames);
  ClusterAssigner assigner(
      {.searcher = searcher,
       .members = [&database](std::span<const ImageId> near) { return Clusters(database).find(near); },
       .items = [&store](std::span<const ItemId> near) { return read_owners(store, near); }},
      cluster_cosine(clip_threshold_, lease.space));
  FIT_TRY(const ChangedAssets assets, database.read([&](sql::SqlConnection& connection) {
    return read_changed_assets(connection, state, frames->space_id(), frames->position());
  }));
  ClusterBatch batch;
  if (!assets.ids.empty()) {
    FIT_TRY(batch, follow_assets(store, state, assets, assigner, stop));
  } else {
    FIT_TRY(const auto changes, ready_changes(store, lease.searcher, state.position));
    if (changes.empty()) return false;
    FIT_TRY(batch, follow_items(store, state, changes, assigner, lease.searcher, stop));
  }
  FIT_TRY(const auto written, write_cluster_batch(database, batch));
  // Another process or a person was first, or a standby that was read is behind.
  if (!written) return false;
  clustered_.add(static_cast<double>(batch.added.size()));
  FIT_CHECK(refresh_centres(*written));
  return true;
}

Result<void> ClusterFollower::refresh_centres(std::span<const ClusterId> clusters) {
  const SearchLease lease = parts_.search();
  sql::Database& database = parts_.store.database();
  for (const ClusterId cluster : clusters) {
    FIT_TRY(const auto members, Clusters(database).members(cluster, {}, kCentreImages));
    std::vector<ItemId> items;
    std::unordered_set<ImageId> wanted;
    for (const ClusterMember& member : members) {
      wanted.insert(member.image);
      if (!std::ranges::contains(items, member.item)) items.push_back(member.item);
    }
    FIT_TRY(auto vectors, vectors_of_owners(database, lease.searcher, items));
    std::erase_if(vectors, [&](const domain::ImageVector& one) { return !wanted.contains(one.image); });
    const auto centre = central_image(vectors);
    if (!centre) continue;
    FIT_CHECK(database.write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
      return set_cluster_centre(connection, cluster, *centre);
    }));
  }
  return {};
}

}  // namespace fit::ingest
