#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/clusters/cluster.h"
#include "sql/sql_connection.h"

// The statements of the tables of clusters. Functions run within the caller's transaction, block, and return
// the errors of the connection.
namespace fit::ingest {

// The counters of the clusters.
struct ClusterState {
  std::int64_t version = 0;      // grows with every change
  std::int64_t generation = 0;   // the one that is read
  std::int64_t position = 0;     // of the catalogue that the clusters have reached
  std::int64_t assets = 0;       // the position among the changes of assets that they have reached
  Timestamp rebuild_until = {};  // until when a rebuild has them for itself
};
Result<ClusterState> read_cluster_state(sql::SqlConnection& connection);

// Counts a change of the clusters, so that later writers wait for this transaction, and returns the state.
// kConflict while a rebuild is running.
Result<ClusterState> begin_cluster_change(sql::SqlConnection& connection);
// Counts a change if the clusters still have this version; returns whether they have.
Result<bool> continue_clusters(sql::SqlConnection& connection, std::int64_t version);

Result<void> set_cluster_counter(sql::SqlConnection& connection, std::string_view name, std::int64_t value);

// Reserves `count` ids, and returns the first.
Result<std::int64_t> take_cluster_ids(sql::SqlConnection& connection, std::int64_t count);

// The members among these images, in no particular order.
Result<std::vector<ClusterMember>> read_members(sql::SqlConnection& connection, std::int64_t generation,
                                                std::span<const ImageId> images);
// The same for all images of items and assets.
Result<std::vector<ClusterMember>> read_members_of_items(sql::SqlConnection& connection,
                                                         std::int64_t generation,
                                                         std::span<const ItemId> items);

// Adds members, whose images are in no cluster, to clusters that exist or are added in the same transaction.
Result<void> insert_members(sql::SqlConnection& connection, std::int64_t generation,
                            std::span<const ClusterMember> members);
// Adds a cluster.
Result<void> insert_cluster(sql::SqlConnection& connection, std::int64_t generation, const Cluster& cluster);

// Counts the members of a cluster again, and chooses another centre if it has left. A cluster without members
// is removed with its labels.
Result<void> recount_cluster(sql::SqlConnection& connection, std::int64_t generation, ClusterId cluster);

// Makes an image the centre of the current generation's cluster, if it is a member.
Result<void> set_cluster_centre(sql::SqlConnection& connection, ClusterId cluster, ImageId centre);

// kNotFound when there is no such cluster.
Result<Cluster> read_cluster(sql::SqlConnection& connection, std::int64_t generation, ClusterId cluster);

// "SELECT ..., FROM ..." of clusters as c with their labels, and what reads a row of it.
std::string_view select_clusters();
Cluster cluster_of_row(const sql::SqlRow& row);
ClusterMember member_of_row(const sql::SqlRow& row);
inline constexpr std::string_view kMemberColumns = "image_id, item_id, cluster_id, photo_id, similarity";

// What a person has said of two images.
struct ClusterRule {
  enum class Relation : std::uint8_t {
    kApart,   // they do not show the same garment
    kSame,    // they do: they are put together before anything else is
    kMerged,  // the clusters that form around them are one
  };
  ImageId one;
  ImageId other;
  Relation relation = Relation::kApart;
};
// Writes rules, the latest of each pair last. Rules of an image with itself are left out.
Result<void> put_cluster_rules(sql::SqlConnection& connection, std::span<const ClusterRule> rules,
                               std::string_view by);
// Gives what was said of an image to another one, where nothing was said of that.
Result<void> rename_in_rules(sql::SqlConnection& connection, ImageId from, ImageId to);
// All rules.
Result<std::vector<ClusterRule>> read_cluster_rules(sql::SqlConnection& connection);

}  // namespace fit::ingest
