#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "http/message.h"
#include "http/tenant_snapshot.h"
#include "ingest/assets/asset_changes.h"
#include "ingest/clusters/clusters.h"
#include "search/result_views.h"

namespace fit::http {

// Reads the query parameters of GET /api/v1/clusters. kInvalid naming the parameter.
Result<ingest::ClusterQuery> cluster_query(std::string_view query);
// The cursor of the clusters that follow one, in the order of the query.
std::string cluster_cursor(const ingest::ClusterQuery& query, const ingest::Cluster& last);

// Whether the images of assets exist for the caller: those who may read assets see them.
bool sees_assets(const Principal& caller);

// Clusters as one caller sees them: images of items and assets that the caller may not see are neither shown
// nor counted, and a cluster without any other does not exist. Labels describe the images of a cluster, so
// that only those who see all of them see its labels. For one request; calls block. Borrows what it is given.
class ClusterViews {
 public:
  ClusterViews(const Request& request, const TenantSnapshot& tenant, const search::ResultViews& views);

  // nullopt when the cluster does not exist for the caller.
  Result<std::optional<Json>> cluster(const ingest::Cluster& cluster);
  // The same; kNotFound.
  Result<Json> existing(const ingest::Cluster& cluster);
  // The same with the member "labels": all that is said of the cluster.
  Result<Json> with_labels(const ingest::Cluster& cluster);
  // Whether a cluster() belongs into the list of the query for the caller, who may see less of it than the
  // query has selected by.
  static bool is_listed(const ingest::ClusterQuery& query, const Json& cluster);
  // The cursor of the clusters that follow one, of which cluster() was asked. For a caller who does not see
  // all items and assets it tells neither the size nor the label of the cluster; complete() finds them again.
  std::string cursor(const ingest::ClusterQuery& query, const ingest::Cluster& last) const;
  Result<void> complete(ingest::ClusterQuery& query);
  // The members that the caller sees, in their order.
  Result<Json> members(std::span<const ingest::ClusterMember> members);

  // How many members had to be read so far to count what the caller sees.
  std::size_t members_counted() const { return members_counted_; }

 private:
  // The items and assets of members, as far as the caller sees them.
  struct Owners {
    std::unordered_map<ItemId, domain::ItemRecord> items = {};
    std::unordered_map<ingest::AssetId, ingest::AssetImages> assets = {};
  };
  Result<bool> sees_items() const;
  Result<Owners> visible_owners(std::span<const ingest::ClusterMember> members) const;
  // What the caller sees of a cluster.
  struct Seen {
    std::int64_t size = 0;
    std::int64_t photos = 0;
    std::optional<Json> centre = {};
    bool is_whole = true;  // whether the caller sees all images
  };
  Result<Seen> see(const ingest::Cluster& cluster);
  static std::optional<Json> json_of(const ingest::Cluster& cluster, const Seen& seen);
  Result<bool> sees_whole(const ingest::Cluster& cluster);
  Result<Seen> look(const ingest::Cluster& cluster);
  Result<Seen> count(const ingest::Cluster& cluster);
  // The image of a member with its item or asset. Nothing for an image that is gone.
  std::optional<Json> image(const ingest::ClusterMember& member, const Owners& owners) const;
  std::optional<Json> asset_image(const ingest::ClusterMember& member, const Owners& owners) const;

  const Request& request_;
  const TenantSnapshot& tenant_;
  const search::ResultViews views_;
  ingest::Clusters clusters_;
  std::optional<bool> sees_items_;  // all of them
  const bool sees_assets_;
  std::size_t members_counted_ = 0;
};

}  // namespace fit::http
