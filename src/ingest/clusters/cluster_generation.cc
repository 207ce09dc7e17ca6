#include "ingest/clusters/cluster_generation.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "base/format.h"
#include "ingest/labels/labels.h"
#include "sql/multi_row.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

constexpr std::size_t kRowsAtOnce = 4000;

// The clusters before: the cluster of each image, and when each was made.
struct ClustersBefore {
  std::unordered_map<ImageId, ClusterId> clusters;
  std::map<ClusterId, Timestamp> created;
};

Result<ClustersBefore> read_before(sql::Database& database, std::int64_t generation) {
  return database.read([generation](SqlConnection& connection) -> Result<ClustersBefore> {
    ClustersBefore before;
    FIT_CHECK(connection.query("SELECT image_id, cluster_id FROM cluster_members WHERE generation = $1",
                               {generation}, [&before](const SqlRow& row) {
                                 before.clusters.emplace(ImageId{row.integer(0)}, ClusterId{row.integer(1)});
                               }));
    FIT_CHECK(connection.query("SELECT id, created_at FROM clusters WHERE generation = $1", {generation},
                               [&before](const SqlRow& row) {
                                 before.created.emplace(ClusterId{row.integer(0)}, sql::time_at(row, 1));
                               }));
    return before;
  });
}

// The number of images that an old and a new cluster share.
struct Shared {
  std::int64_t images = 0;
  ClusterId before;
  std::uint32_t after = 0;  // the first image of the new cluster
};

// All that share images, the most first.
std::vector<Shared> shared_images(const NeighbourGraph& graph, const LinkedImages& linked,
                                  const ClustersBefore& before) {
  std::vector<std::pair<ClusterId, std::uint32_t>> pairs;
  for (std::uint32_t i = 0; i < graph.images.size(); ++i) {
    const auto old = before.clusters.find(graph.images[i].id);
    if (graph.has_vector[i] && old != before.clusters.end())
      pairs.emplace_back(old->second, linked.cluster[i]);
  }
  std::ranges::sort(pairs);
  std::vector<Shared> shared;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i == 0 || pairs[i] != pairs[i - 1]) shared.push_back({0, pairs[i].first, pairs[i].second});
    ++shared.back().images;
  }
  std::ranges::sort(shared, {},
                    [](const Shared& one) { return std::tuple(-one.images, one.before, one.after); });
  return shared;
}

Result<void> write_some_clusters(SqlConnection& connection, std::int64_t generation,
                                 std::span<const Cluster> clusters) {
  constexpr std::size_t kWidth = 7;
  std::vector<sql::SqlValue> values;
  for (const Cluster& one : clusters) {
    values.insert(values.end(), {generation, one.id.value, one.size, one.photos, one.centre.value,
                                 sql::ticks(one.created_at), sql::ticks(one.updated_at)});
  }
  return sql::insert_rows(
      connection, "INSERT INTO clusters (generation, id, size, photos, centre, created_at, updated_at)",
      kWidth, values, "");
}

// The clusters that labels are about.
Result<std::set<ClusterId>> labelled_clusters(SqlConnection& connection) {
  std::set<ClusterId> labelled;
  FIT_CHECK(connection.query("SELECT DISTINCT target_id FROM labels WHERE target = 'cluster'", {},
                             [&labelled](const SqlRow& row) { labelled.insert({row.integer(0)}); }));
  return labelled;
}

// Removes the rows of the generations that are before ("<") or after (">") the one that is read.
Result<void> remove_generations(sql::Database& database, std::string_view order,
                                const std::stop_token& stop) {
  for (const auto& [table, column] :
       {std::pair("cluster_members", "image_id"), std::pair("clusters", "id")}) {
    const std::string sql = fit::format(
        "DELETE FROM {0} WHERE (generation, {1}) IN (SELECT generation, {1} FROM {0} WHERE generation {2} "
        "(SELECT value FROM counters WHERE name = 'clusters_generation') LIMIT $1)",
        table, column, order);
    for (std::int64_t removed = 1; removed > 0;) {
      if (stop.stop_requested()) return cancelled();
      FIT_TRY(removed, database.write(Ordering::kUnordered, [&](SqlConnection& connection) {
        return connection.execute(sql, {sql::sql_limit(kRowsAtOnce)});
      }));
    }
  }
  return {};
}

}  // namespace

Result<ClusterGeneration> ClusterGeneration::match(sql::Database& database, const RebuildLease& lease,
                                                   const NeighbourGraph& graph, const LinkedImages& linked,
                                                   ClusterRebuildReport& report) {
  FIT_TRY(const ClustersBefore before, read_before(database, lease.generation()));
  const auto shared = shared_images(graph, linked, before);
  std::unordered_map<std::uint32_t, ClusterId> ids;  // by the first image
  std::set<ClusterId> kept;
  for (const Shared& one : shared) {
    if (!ids.contains(one.after) && kept.insert(one.before).second) ids.emplace(one.after, one.before);
  }
  std::int64_t new_clusters = 0;
  for (std::uint32_t i = 0; i < graph.images.size(); ++i) {
    new_clusters += graph.has_vector[i] && linked.cluster[i] == i && !ids.contains(i);
  }
  FIT_TRY(std::int64_t next, database.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return take_cluster_ids(connection, new_clusters);
  }));
  ClusterGeneration made(database, lease.generation() + 1);
  const Timestamp time = now();
  std::unordered_map<ClusterId, std::size_t> places;
  std::set<std::pair<ClusterId, ImageId>> photos;
  for (std::uint32_t i = 0; i < graph.images.size(); ++i) {
    if (!graph.has_vector[i]) continue;
    const std::uint32_t first = linked.cluster[i];
    if (!ids.contains(first)) ids.emplace(first, ClusterId{next++});
    const ClusterId id = ids.at(first);
    const ClusterMember member{.image = graph.images[i].id,
                               .item = graph.images[i].item,
                               .cluster = id,
                               .photo = graph.images[linked.photo[i]].id,
                               .similarity = linked.similarity[i]};
    made.members_.push_back(member);
    const auto [place, is_new] = places.emplace(id, made.clusters_.size());
    if (is_new) {
      const auto created = before.created.find(id);
      made.clusters_.push_back({.id = id,
                                .centre = graph.images[linked.centre[first]].id,
                                .created_at = created == before.created.end() ? time : created->second,
                                .updated_at = time});
    }
    Cluster& cluster = made.clusters_[place->second];
    ++cluster.size;
    if (photos.emplace(id, member.photo).second) ++cluster.photos;
    const auto old = before.clusters.find(member.image);
    report.placed += old == before.clusters.end();
    report.moved += old != before.clusters.end() && old->second != id;
  }
  for (const Shared& one : shared) {  // the first has the most images
    if (kept.insert(one.before).second) made.gone_.push_back({one.before, ids.at(one.after)});
  }
  report.images = static_cast<std::int64_t>(made.members_.size());
  report.clusters_before = static_cast<std::int64_t>(before.created.size());
  report.clusters = static_cast<std::int64_t>(made.clusters_.size());
  for (const Cluster& cluster : made.clusters_) {
    report.kept += before.created.contains(cluster.id);
    report.photos += cluster.photos;
  }
  return made;
}

Result<void> ClusterGeneration::write(const Progress& progress, const std::stop_token& stop) {
  const auto total = static_cast<std::int64_t>(members_.size() + clusters_.size());
  std::int64_t done = 0;
  const auto write_all = [&](const auto& rows, const auto& write_some) -> Result<void> {
    for (std::size_t start = 0; start < rows.size(); start += kRowsAtOnce) {
      if (stop.stop_requested()) return cancelled();
      const auto some = std::span(rows).subspan(start, std::min(kRowsAtOnce, rows.size() - start));
      FIT_CHECK(database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
        return write_some(connection, generation_, some);
      }));
      progress(done += static_cast<std::int64_t>(some.size()), total);
    }
    return {};
  };
  FIT_CHECK(write_all(members_, insert_members));
  return write_all(clusters_, write_some_clusters);
}

Result<void> ClusterGeneration::publish(RebuildLease& lease, std::int64_t position, std::int64_t assets) {
  std::set<ClusterId> remaining;
  for (const Cluster& cluster : clusters_) remaining.insert(cluster.id);
  std::map<ClusterId, ClusterId> successors;
  for (const Successor& one : gone_) successors.emplace(one.before, one.after);
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(lease.give_back(connection));
    FIT_CHECK(connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'clusters'", {}));
    FIT_CHECK(set_cluster_counter(connection, "clusters_generation", generation_));
    FIT_CHECK(set_cluster_counter(connection, "clusters_position", position));
    FIT_CHECK(set_cluster_counter(connection, "clusters_assets", assets));
    FIT_TRY(const auto labelled, labelled_clusters(connection));
    for (const ClusterId cluster : labelled) {
      if (remaining.contains(cluster)) continue;
      const auto successor = successors.find(cluster);
      FIT_CHECK(successor == successors.end()
                    ? erase_labels(connection, LabelTarget::Kind::kCluster, std::span(&cluster.value, 1))
                    : merge_labels(connection, LabelTarget::Kind::kCluster, cluster.value,
                                   successor->second.value));
    }
    return {};
  });
}

Result<void> remove_old_generations(sql::Database& database, const std::stop_token& stop) {
  return remove_generations(database, "<", stop);
}

Result<void> remove_unread_generations(sql::Database& database, const std::stop_token& stop) {
  FIT_CHECK(remove_generations(database, "<", stop));
  return remove_generations(database, ">", stop);
}

}  // namespace fit::ingest
