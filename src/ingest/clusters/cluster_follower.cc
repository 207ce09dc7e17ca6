#include "ingest/clusters/cluster_follower.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "ingest/clusters/cluster_assigner.h"
#include "ingest/clusters/cluster_batch.h"
#include "ingest/clusters/cluster_centre.h"
#include "ingest/clusters/cluster_rows.h"
#include "ingest/clusters/cluster_scale.h"
#include "ingest/clusters/clusters.h"
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
  if (!searcher.is_complete()) return std::vector<store::Change>();
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

}  // namespace

ClusterFollower::ClusterFollower(Parts parts, double clip_threshold)
    : parts_(std::move(parts)), clip_threshold_(clip_threshold) {}

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

Result<bool> ClusterFollower::step(const std::stop_token& stop) {
  store::Catalogue& store = parts_.store;
  sql::Database& database = store.database();
  FIT_TRY(const ClusterState state, database.read(read_cluster_state));
  if (state.rebuild_until > now()) return false;
  const SearchLease lease = parts_.search();
  FIT_TRY(const auto changes, ready_changes(store, lease.searcher, state.position));
  if (changes.empty()) return false;
  const search::ChangedItems changed(changes);
  FIT_TRY(const ImagesOfItems images, images_of(store, changed.written));
  std::vector<ItemId> items = changed.written;
  items.insert(items.end(), changed.removed.begin(), changed.removed.end());
  FIT_TRY(const auto members, database.read([&](sql::SqlConnection& connection) {
    return read_members_of_items(connection, state.generation, items);
  }));
  std::unordered_set<ImageId> placed;
  for (const ClusterMember& member : members) placed.insert(member.image);
  FIT_TRY(auto read, lease.searcher.vectors_of(changed.written));
  const auto vectors = by_item(std::move(read));
  Clusters clusters(database);
  ClusterAssigner assigner(
      {.searcher = lease.searcher,
       .members = [&clusters](std::span<const ImageId> near) { return clusters.find(near); },
       .items = [&store](std::span<const ItemId> near) { return store.items().get(near); }},
      cluster_cosine(clip_threshold_, lease.space));
  for (const ItemId item : changed.written) {
    const auto own = vectors.find(item);
    const auto found = images.find(item);
    if (own == vectors.end() || found == images.end()) continue;
    if (stop.stop_requested()) return cancelled();
    for (const domain::ImageRecord& image : found->second) {
      if (!placed.contains(image.id)) FIT_CHECK(assigner.place(image, own->second));
    }
  }
  FIT_TRY(const auto written, write_cluster_batch(database, {.version = state.version,
                                                             .generation = state.generation,
                                                             .added = assigner.placed(),
                                                             .gone = gone_members(members, images),
                                                             .position = changes.back().position}));
  // Another process or a person was first, or a standby that was read is behind.
  if (!written) return false;
  parts_.metrics.counter("fit_clustered_images_total", "Images that were put into a cluster")
      .add(static_cast<double>(assigner.placed().size()));
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
    FIT_TRY(auto vectors, lease.searcher.vectors_of(items));
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
