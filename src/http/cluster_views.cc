#include "http/cluster_views.h"

#include <algorithm>
#include <set>

#include "accounts/url_base64.h"
#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/asset_json.h"
#include "http/caller_view.h"
#include "http/label_json.h"
#include "http/parameter_values.h"
#include "ingest/assets/frame_ids.h"
#include "ingest/clusters/member_searcher.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

using ingest::Cluster;
using ingest::ClusterMember;
using ingest::ClusterQuery;

constexpr std::size_t kMostClusters = 100;
constexpr std::int64_t kLargestMinSize = 1'000;
constexpr std::size_t kMostCounted = 1'000;  // members of a cluster that are counted for one caller
constexpr std::size_t kCountedAtOnce = 200;
constexpr std::size_t kCentreCandidates = 20;  // members of which one stands in for a centre that is gone

Error bad_cursor() {
  return invalid("cursor", "is no cursor of this list");
}

// The parts of a cursor: the id, and what the order compares before it, unless ClusterViews::cursor() has
// left that out.
Result<Cluster> parse_cluster_cursor(ClusterQuery::Order order, std::string_view text) {
  const std::size_t dash = text.find('-');
  Cluster last;
  const auto id = parse_id("cursor", text.substr(0, dash));
  if (!id || (dash == std::string_view::npos) != (order == ClusterQuery::Order::kNewest)) return bad_cursor();
  last.id = {*id};
  if (dash + 1 == text.size()) return last;
  if (order == ClusterQuery::Order::kSize) {
    const auto size = parse_id("cursor", text.substr(dash + 1));
    if (!size) return bad_cursor();
    last.size = *size;
  }
  if (order == ClusterQuery::Order::kLabel) {
    const auto label = accounts::from_url_base64(text.substr(dash + 1));
    if (!label) return bad_cursor();
    last.label = *label;
  }
  return last;
}

Result<ClusterQuery::Order> parse_cluster_order(std::string_view text) {
  if (text == "size") return ClusterQuery::Order::kSize;
  if (text == "newest") return ClusterQuery::Order::kNewest;
  if (text == "label") return ClusterQuery::Order::kLabel;
  return invalid("order", "must be size, newest or label");
}

bool hides_titles(const Principal& caller) {
  return caller.excluded_fields && std::ranges::contains(*caller.excluded_fields, "title");
}

}  // namespace

bool sees_assets(const Principal& caller) {
  return caller.scopes.contains(accounts::Scope::kIngest);
}

Result<ClusterQuery> cluster_query(std::string_view query) {
  ClusterQuery wanted;
  if (const auto order = query_parameter(query, "order")) {
    FIT_TRY(wanted.order, parse_cluster_order(*order));
  }
  if (const auto size = query_parameter(query, "min_size")) {
    const auto number = parse_id("min_size", *size);
    if (!number || *number > kLargestMinSize) return invalid("min_size", "must be from 1 to 1000");
    wanted.min_size = *number;
  }
  if (const auto copies = query_parameter(query, "duplicates")) {
    FIT_TRY(wanted.has_copies, parse_flag("duplicates", *copies));
  }
  if (const auto limit = query_parameter(query, "limit")) {
    FIT_TRY(wanted.limit, parse_limit(*limit, kMostClusters));
  }
  if (const auto cursor = query_parameter(query, "cursor")) {
    FIT_TRY(wanted.after, parse_cluster_cursor(wanted.order, *cursor));
  }
  return wanted;
}

std::string cluster_cursor(const ClusterQuery& query, const Cluster& last) {
  switch (query.order) {
    case ClusterQuery::Order::kSize:
      return fit::format("{}-{}", last.id.value, last.size);
    case ClusterQuery::Order::kNewest:
      return last.id.str();
    case ClusterQuery::Order::kLabel:
      break;
  }
  return fit::format("{}-{}", last.id.value, accounts::url_base64(last.label));
}

std::string ClusterViews::cursor(const ClusterQuery& query, const Cluster& last) const {
  const bool sees_all = sees_items_.value_or(false) && sees_assets_;
  const bool tells_all = sees_all || query.order == ClusterQuery::Order::kNewest;
  return tells_all ? cluster_cursor(query, last) : last.id.str() + "-";
}

Result<void> ClusterViews::complete(ClusterQuery& query) {
  if (!query.after || query.order == ClusterQuery::Order::kNewest) return {};
  if (query.after->size > 0 || !query.after->label.empty()) return {};
  const auto last = clusters_.get(query.after->id);
  if (!last && last.error().code != ErrorCode::kNotFound) return last.error();
  if (!last || (query.order == ClusterQuery::Order::kLabel && last->label.empty())) return bad_cursor();
  query.after = *last;
  return {};
}

ClusterViews::ClusterViews(const Request& request, const TenantSnapshot& tenant,
                           const search::ResultViews& views)
    : request_(request),
      tenant_(tenant),
      views_(views.of_tenant(request.principal.tenant)),
      clusters_(tenant.catalog.writer().database().database()),
      sees_assets_(sees_assets(request.principal)) {}

Result<bool> ClusterViews::sees_items() const {
  if (request_.principal.required) return false;
  if (request_.principal.scopes.contains(accounts::Scope::kContentReview)) return true;
  FIT_TRY(const bool has_flagged, tenant_.catalog.writer().database().reviews().has_flagged_items());
  return !has_flagged;
}

Result<ClusterViews::Owners> ClusterViews::visible_owners(std::span<const ClusterMember> members) const {
  std::set<ItemId> ids;
  for (const ClusterMember& member : members) ids.insert(member.item);
  const std::vector<ItemId> wanted(ids.begin(), ids.end());
  const ingest::ItemsAndAssets split = ingest::split_owners(wanted);
  store::Catalogue& store = tenant_.catalog.writer().database();
  Owners owners;
  if (!split.items.empty()) {
    FIT_TRY(auto records, store.items().get(split.items));
    for (domain::ItemRecord& record : records) {
      if (!is_visible(tenant_, record.listing, request_.principal)) continue;
      owners.items.emplace(record.id, std::move(record));
    }
  }
  if (!sees_assets_ || split.assets.empty()) return owners;
  FIT_TRY(auto assets, store.database().read([&split](sql::SqlConnection& connection) {
    return ingest::read_asset_images(connection, split.assets);
  }));
  for (ingest::AssetImages& one : assets) owners.assets.emplace(one.asset.id, std::move(one));
  return owners;
}

std::optional<Json> ClusterViews::image(const ClusterMember& member, const Owners& owners) const {
  if (ingest::frame_of_image(member.image)) return asset_image(member, owners);
  const auto item = owners.items.find(member.item);
  if (item == owners.items.end()) return std::nullopt;
  const auto found = std::ranges::find(item->second.images, member.image, &domain::ImageRecord::id);
  if (found == item->second.images.end()) return std::nullopt;
  Json json{{"image_id", member.image.str()},
            {"item_id", member.item.str()},
            {"url", views_.image_url(*found)},
            {"thumbnail_url", views_.thumbnail_url(member.image)}};
  if (!hides_titles(request_.principal)) json["title"] = item->second.listing.title;
  return json;
}

std::optional<Json> ClusterViews::asset_image(const ClusterMember& member, const Owners& owners) const {
  const auto id = ingest::asset_of_item(member.item);
  const auto asset = id ? owners.assets.find(*id) : owners.assets.end();
  if (asset == owners.assets.end()) return std::nullopt;
  const auto& [shown, frames] = asset->second;
  const auto frame = std::ranges::find_if(frames, [&member](const ingest::AssetFrame& one) {
    return ingest::image_of_frame(one.id) == member.image;
  });
  if (frame == frames.end()) return std::nullopt;
  const auto position = static_cast<std::size_t>(frame - frames.begin()) + 1;
  const FrameAddresses addresses = frame_addresses(shown, position, request_.principal.tenant);
  Json json{{"image_id", member.image.str()},
            {"asset_id", id->str()},
            {"url", addresses.image},
            {"thumbnail_url", addresses.thumbnail}};
  if (!hides_titles(request_.principal)) {
    json["title"] = shown.metadata.title.empty() ? shown.name : shown.metadata.title;
  }
  return json;
}

// The stored numbers, and a member that exists.
Result<ClusterViews::Seen> ClusterViews::look(const Cluster& cluster) {
  Seen seen{.size = cluster.size, .photos = cluster.photos};
  FIT_TRY(auto members, clusters_.find(std::span(&cluster.centre, 1)));
  for (bool is_centre = true;; is_centre = false) {
    FIT_TRY(const Owners owners, visible_owners(members));
    for (const ClusterMember& member : members) {
      seen.centre = image(member, owners);
      if (seen.centre) return seen;
    }
    if (!is_centre) return seen;
    FIT_TRY(members, clusters_.members(cluster.id, {}, kCentreCandidates));
  }
}

Result<ClusterViews::Seen> ClusterViews::count(const Cluster& cluster) {
  Seen seen;
  std::set<ImageId> photos;
  ImageId after;
  for (std::size_t read = 0;;) {
    FIT_TRY(const auto members, clusters_.members(cluster.id, after, kCountedAtOnce));
    if (members.empty()) break;
    if (read >= kMostCounted) {
      seen.is_whole = false;
      break;
    }
    FIT_TRY(const Owners owners, visible_owners(members));
    for (const ClusterMember& member : members) {
      auto json = image(member, owners);
      if (!json) {
        seen.is_whole = false;
        continue;
      }
      ++seen.size;
      photos.insert(member.photo);
      if (!seen.centre || member.image == cluster.centre) seen.centre = std::move(json);
    }
    read += members.size();
    members_counted_ += members.size();
    after = members.back().image;
  }
  seen.photos = static_cast<std::int64_t>(photos.size());
  return seen;
}

Result<bool> ClusterViews::sees_whole(const Cluster& cluster) {
  if (!sees_items_) {
    FIT_TRY(sees_items_, sees_items());
  }
  if (!*sees_items_ || sees_assets_) return *sees_items_;
  // The images of assets follow those of items.
  FIT_TRY(const auto of_assets, clusters_.members(cluster.id, {ingest::kFirstFrameImage}, 1));
  return of_assets.empty();
}

Result<ClusterViews::Seen> ClusterViews::see(const Cluster& cluster) {
  FIT_TRY(const bool is_whole, sees_whole(cluster));
  return is_whole ? look(cluster) : count(cluster);
}

std::optional<Json> ClusterViews::json_of(const Cluster& cluster, const Seen& seen) {
  if (!seen.centre) return std::nullopt;
  const bool has_label = seen.is_whole && !cluster.label.empty();
  return Json{
      {"id", cluster.id.str()},
      {"label", has_label ? Json(cluster.label) : Json()},
      {"label_origin", has_label && cluster.label_origin ? Json(to_string(*cluster.label_origin)) : Json()},
      {"size", seen.size},
      {"photos", seen.photos},
      {"centre", *seen.centre},
      {"created_at", to_rfc3339(cluster.created_at)},
      {"updated_at", to_rfc3339(cluster.updated_at)}};
}

Result<std::optional<Json>> ClusterViews::cluster(const Cluster& cluster) {
  FIT_TRY(const Seen seen, see(cluster));
  return json_of(cluster, seen);
}

Result<Json> ClusterViews::with_labels(const Cluster& cluster) {
  FIT_TRY(const Seen seen, see(cluster));
  auto json = json_of(cluster, seen);
  if (!json) return not_found("there is no cluster " + cluster.id.str());
  (*json)["labels"] = Json::array();
  if (!seen.is_whole) return *std::move(json);
  FIT_TRY(const auto labels, tenant_.labels->labels().get(
                                 {.kind = ingest::LabelTarget::Kind::kCluster, .id = cluster.id.value}));
  (*json)["labels"] = labels_json(labels);
  return *std::move(json);
}

bool ClusterViews::is_listed(const ClusterQuery& query, const Json& cluster) {
  const auto size = cluster["size"].get<std::int64_t>();
  if (size < query.min_size) return false;
  if (query.has_copies && size == cluster["photos"].get<std::int64_t>()) return false;
  return query.order != ClusterQuery::Order::kLabel || !cluster["label"].is_null();
}

Result<Json> ClusterViews::existing(const Cluster& wanted) {
  FIT_TRY(auto json, cluster(wanted));
  if (!json) return not_found("there is no cluster " + wanted.id.str());
  return *std::move(json);
}

Result<Json> ClusterViews::members(std::span<const ClusterMember> members) {
  FIT_TRY(const Owners owners, visible_owners(members));
  // The first copy that is shown names a photo after an asset that the caller does not see.
  std::unordered_map<ImageId, ImageId> copies;
  Json list = Json::array();
  for (const ClusterMember& member : members) {
    auto json = image(member, owners);
    if (!json) continue;
    const bool is_shown = sees_assets_ || !ingest::frame_of_image(member.photo);
    const ImageId photo = is_shown ? member.photo : copies.emplace(member.photo, member.image).first->second;
    (*json)["photo_id"] = photo.str();
    (*json)["similarity"] = member.similarity;
    list.push_back(*std::move(json));
  }
  return list;
}

}  // namespace fit::http
