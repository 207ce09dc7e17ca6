#include "http/cluster_views.h"

#include <algorithm>
#include <set>

#include "accounts/url_base64.h"
#include "base/format.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/caller_view.h"
#include "http/label_json.h"
#include "http/page_limit.h"
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
    if (*copies != "true" && *copies != "false") return invalid("duplicates", "must be true or false");
    wanted.has_copies = *copies == "true";
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
  const bool tells_all = sees_all_.value_or(false) || query.order == ClusterQuery::Order::kNewest;
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
      clusters_(tenant.catalog.writer().database().database()) {}

Result<bool> ClusterViews::sees_all() const {
  if (request_.principal.required) return false;
  if (request_.principal.scopes.contains(accounts::Scope::kContentReview)) return true;
  FIT_TRY(const bool has_flagged, tenant_.catalog.writer().database().reviews().has_flagged_items());
  return !has_flagged;
}

Result<ClusterViews::Items> ClusterViews::visible_items(std::span<const ClusterMember> members) const {
  std::set<ItemId> ids;
  for (const ClusterMember& member : members) ids.insert(member.item);
  const std::vector<ItemId> wanted(ids.begin(), ids.end());
  FIT_TRY(auto records, tenant_.catalog.writer().database().items().get(wanted));
  Items items;
  for (domain::ItemRecord& record : records) {
    if (is_visible(tenant_, record.listing, request_.principal)) items.emplace(record.id, std::move(record));
  }
  return items;
}

std::optional<Json> ClusterViews::image(const ClusterMember& member, const Items& items) const {
  const auto item = items.find(member.item);
  if (item == items.end()) return std::nullopt;
  const auto found = std::ranges::find(item->second.images, member.image, &domain::ImageRecord::id);
  if (found == item->second.images.end()) return std::nullopt;
  Json json{{"image_id", member.image.str()},
            {"item_id", member.item.str()},
            {"url", views_.image_url(*found)},
            {"thumbnail_url", views_.thumbnail_url(member.image)}};
  if (!hides_titles(request_.principal)) json["title"] = item->second.listing.title;
  return json;
}

// The stored numbers, and a member that exists.
Result<ClusterViews::Seen> ClusterViews::look(const Cluster& cluster) {
  Seen seen{.size = cluster.size, .photos = cluster.photos, .centre = {}};
  FIT_TRY(auto members, clusters_.find(std::span(&cluster.centre, 1)));
  for (bool is_centre = true;; is_centre = false) {
    FIT_TRY(seen.items, visible_items(members));
    const auto found = std::ranges::find_if(
        members, [&](const ClusterMember& member) { return image(member, seen.items).has_value(); });
    if (found != members.end()) seen.centre = *found;
    if (seen.centre || !is_centre) return seen;
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
    FIT_TRY(const Items items, visible_items(members));
    for (const ClusterMember& member : members) {
      if (!image(member, items)) {
        seen.is_whole = false;
        continue;
      }
      ++seen.size;
      photos.insert(member.photo);
      if (seen.centre && member.image != cluster.centre) continue;
      seen.centre = member;
      seen.items = {{member.item, items.at(member.item)}};
    }
    read += members.size();
    members_counted_ += members.size();
    after = members.back().image;
  }
  seen.photos = static_cast<std::int64_t>(photos.size());
  return seen;
}

Result<ClusterViews::Seen> ClusterViews::see(const Cluster& cluster) {
  if (!sees_all_) {
    FIT_TRY(sees_all_, sees_all());
  }
  return *sees_all_ ? look(cluster) : count(cluster);
}

std::optional<Json> ClusterViews::json_of(const Cluster& cluster, const Seen& seen) const {
  if (!seen.centre) return std::nullopt;
  const bool has_label = seen.is_whole && !cluster.label.empty();
  return Json{
      {"id", cluster.id.str()},
      {"label", has_label ? Json(cluster.label) : Json()},
      {"label_origin", has_label && cluster.label_origin ? Json(to_string(*cluster.label_origin)) : Json()},
      {"size", seen.size},
      {"photos", seen.photos},
      {"centre", image(*seen.centre, seen.items).value_or(Json())},
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
  FIT_TRY(const Items items, visible_items(members));
  Json list = Json::array();
  for (const ClusterMember& member : members) {
    auto json = image(member, items);
    if (!json) continue;
    (*json)["photo_id"] = member.photo.str();
    (*json)["similarity"] = member.similarity;
    list.push_back(*std::move(json));
  }
  return list;
}

}  // namespace fit::http
