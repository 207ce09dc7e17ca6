#include "ingest/clusters/cluster_batch.h"

#include <bit>
#include <map>
#include <optional>
#include <set>

#include "base/format.h"
#include "ingest/clusters/cluster_rows.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;

// What joins one cluster in a batch.
struct Joined {
  std::vector<ClusterMember> members;
  std::set<ImageId> photos;  // that the members are the first of, or show
};

// The centre is chosen at sizes of up to four, and then whenever the size has doubled.
bool needs_centre(std::int64_t before, std::int64_t after) {
  return after <= 4 ? after > 2
                    : std::bit_width(static_cast<std::uint64_t>(before)) !=
                          std::bit_width(static_cast<std::uint64_t>(after));
}

Result<void> add_new_cluster(SqlConnection& connection, std::int64_t generation, ClusterId id,
                             const Joined& joined) {
  const Timestamp time = now();
  return insert_cluster(connection, generation,
                        {.id = id,
                         .size = static_cast<std::int64_t>(joined.members.size()),
                         .photos = static_cast<std::int64_t>(joined.photos.size()),
                         .centre = joined.members.front().image,
                         .created_at = time,
                         .updated_at = time});
}

// Counts what joins a cluster that exists; returns its size before.
Result<std::int64_t> grow(SqlConnection& connection, std::int64_t generation, ClusterId id,
                          const Joined& joined) {
  std::int64_t new_photos = 0;
  for (const ClusterMember& member : joined.members) new_photos += member.photo == member.image;
  const auto count = static_cast<std::int64_t>(joined.members.size());
  FIT_CHECK(
      connection.execute("UPDATE clusters SET size = size + $1, photos = photos + $2, updated_at = $3 WHERE "
                         "generation = $4 AND id "
                         "= $5",
                         {count, new_photos, sql::ticks(now()), generation, id.value}));
  FIT_TRY(const auto size,
          connection.query_integer("SELECT size FROM clusters WHERE generation = $1 AND id = $2",
                                   {generation, id.value}));
  return size.value_or(count) - count;
}

Result<std::vector<ClusterId>> add_to_clusters(SqlConnection& connection, const ClusterBatch& batch) {
  std::map<ClusterId, Joined> by_cluster;
  for (const ClusterMember& member : batch.added) {
    Joined& joined = by_cluster[member.cluster];
    joined.members.push_back(member);
    joined.photos.insert(member.photo);
  }
  std::int64_t new_clusters = 0;
  for (const auto& [cluster, joined] : by_cluster) new_clusters += cluster.value < 0;
  FIT_TRY(const std::int64_t first, take_cluster_ids(connection, new_clusters));
  std::vector<ClusterId> changed;
  for (auto& [cluster, joined] : by_cluster) {
    std::int64_t before = 0;
    ClusterId id = cluster;
    if (cluster.value < 0) {
      id = {first - cluster.value - 1};
      for (ClusterMember& member : joined.members) member.cluster = id;
      FIT_CHECK(add_new_cluster(connection, batch.generation, id, joined));
    } else {
      FIT_TRY(before, grow(connection, batch.generation, id, joined));
    }
    FIT_CHECK(insert_members(connection, batch.generation, joined.members));
    if (needs_centre(before, before + static_cast<std::int64_t>(joined.members.size())))
      changed.push_back(id);
  }
  return changed;
}

Result<void> remove_gone(SqlConnection& connection, const ClusterBatch& batch,
                         std::vector<ClusterId>& changed) {
  std::set<ClusterId> clusters;
  std::vector<std::int64_t> images;
  for (const ClusterMember& member : batch.gone) {
    images.push_back(member.image.value);
    clusters.insert(member.cluster);
  }
  sql::IdList list(images);
  for (auto piece = list.next({batch.generation}); !piece.placeholders.empty();
       piece = list.next({batch.generation})) {
    FIT_CHECK(
        connection.execute(fit::format("DELETE FROM cluster_members WHERE generation = $1 AND image_id IN "
                                       "({})",
                                       piece.placeholders),
                           piece.values));
  }
  for (const ClusterId cluster : clusters) {
    FIT_CHECK(recount_cluster(connection, batch.generation, cluster));
    changed.push_back(cluster);
  }
  return {};
}

}  // namespace

Result<std::optional<std::vector<ClusterId>>> write_cluster_batch(sql::Database& database,
                                                                  const ClusterBatch& batch) {
  using Changed = std::optional<std::vector<ClusterId>>;
  return database.write(sql::Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Changed> {
    FIT_TRY(const bool is_current, continue_clusters(connection, batch.version));
    if (!is_current) return Changed();
    FIT_TRY(auto changed, add_to_clusters(connection, batch));
    FIT_CHECK(remove_gone(connection, batch, changed));
    for (const ReplacedImage& one : batch.replaced) {
      FIT_CHECK(rename_in_rules(connection, one.before, one.after));
    }
    FIT_CHECK(set_cluster_counter(connection, "clusters_position", batch.position));
    FIT_CHECK(set_cluster_counter(connection, "clusters_assets", batch.assets));
    return Changed(std::move(changed));
  });
}

}  // namespace fit::ingest
