#include <functional>
#include <memory>
#include <utility>

#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/caller_view.h"
#include "http/cluster_views.h"
#include "http/json_body.h"
#include "http/label_json.h"
#include "http/parameter_values.h"
#include "ingest/assets/frame_ids.h"
#include "ingest/clusters/cluster_service.h"
#include "ingest/labels/label_service.h"

namespace fit::http {
namespace {

using ingest::Cluster;
using ingest::ClusterId;

constexpr std::size_t kDefaultMembers = 50;
constexpr std::size_t kMostMembers = 200;
constexpr std::size_t kMostSplit = 1'000;
constexpr std::size_t kMostMerged = 100;
// Members that are read for a page of callers who do not see all items; then the page ends.
constexpr std::size_t kMostCountedForPage = 5'000;

Result<ClusterId> cluster_id(std::string_view field, std::string_view text) {
  FIT_TRY(const std::int64_t id, parse_id(field, text));
  return ClusterId{id};
}

Result<ClusterId> cluster_of_path(const Request& request) {
  return cluster_id("id", request.path_parameters.get("id"));
}

// An image that the caller may see. Unknown ones may pass, and are in no cluster.
Result<ImageId> visible_image(const Request& request, const TenantSnapshot& tenant, std::string_view field,
                              std::string_view text) {
  FIT_TRY(const std::int64_t id, parse_id(field, text));
  const ImageId image{id};
  if (!ingest::frame_of_image(image)) {
    FIT_CHECK(check_visible(tenant, image, request.principal));
  } else if (!sees_assets(request.principal)) {
    return not_found("there is no image " + image.str());
  }
  return image;
}

// The handlers of /api/v1/clusters.
class ClusterRoutes {
 public:
  explicit ClusterRoutes(search::ResultViews views) : views_(std::move(views)) {}

  Result<Response> list(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(ingest::ClusterQuery query, cluster_query(request.query));
    const std::size_t limit = query.limit++;
    ClusterViews views(request, tenant, views_);
    FIT_CHECK(views.complete(query));
    FIT_TRY(const auto found, tenant.clusters->clusters().list(query));
    Json list = Json::array();
    Json next = nullptr;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i > 0 && (i == limit || views.members_counted() >= kMostCountedForPage)) {
        next = views.cursor(query, found[i - 1]);
        break;
      }
      FIT_TRY(auto json, views.cluster(found[i]));
      if (json && ClusterViews::is_listed(query, *json)) list.push_back(*std::move(json));
    }
    return uncached({{"clusters", std::move(list)}, {"next_cursor", std::move(next)}});
  }

  Result<Response> get(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ClusterId id, cluster_of_path(request));
    std::size_t limit = kDefaultMembers;
    ImageId after;
    if (const auto text = query_parameter(request.query, "limit")) {
      FIT_TRY(limit, parse_limit(*text, kMostMembers));
    }
    if (const auto cursor = query_parameter(request.query, "cursor")) {
      FIT_TRY(after.value, parse_id("cursor", *cursor));
    }
    ingest::Clusters clusters = tenant.clusters->clusters();
    FIT_TRY(const Cluster cluster, clusters.get(id));
    ClusterViews views(request, tenant, views_);
    FIT_TRY(Json body, views.with_labels(cluster));
    FIT_TRY(auto members, clusters.members(id, after, limit + 1));
    body["next_cursor"] = nullptr;
    if (members.size() > limit) {
      members.pop_back();
      body["next_cursor"] = members.back().image.str();
    }
    FIT_TRY(body["members"], views.members(members));
    return uncached(body);
  }

  Result<Response> label(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ClusterId id, cluster_of_path(request));
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    reader.require("label");
    const std::string text = reader.optional_text("label");
    FIT_CHECK(reader.finish());
    FIT_CHECK(check_cluster(request, tenant, id));
    std::optional<ingest::Label> label;
    if (!text.empty()) {
      auto given = ingest::person_label(tenant.labels->ontology(), ingest::kTitleField, text, "",
                                        request.principal.id);
      if (!given) return invalid("label", given.error().message);
      label = *std::move(given);
    }
    FIT_TRY(const Cluster named, tenant.clusters->clusters().set_label(id, label, request.principal.id));
    return changed(request, tenant, named);
  }

  Result<Response> run_labels(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ClusterId id, cluster_of_path(request));
    FIT_CHECK(check_cluster(request, tenant, id));
    return request_labels(request, tenant, {.kind = ingest::LabelTarget::Kind::kCluster, .id = id.value});
  }

  Result<Response> split(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const ClusterId id, cluster_of_path(request));
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const auto texts = reader.texts("image_ids", kMostSplit);
    FIT_CHECK(reader.finish());
    std::vector<ImageId> images;
    for (const std::string& text : texts) {
      FIT_TRY(const ImageId image, visible_image(request, tenant, "image_ids", text));
      images.push_back(image);
    }
    FIT_TRY(const auto both, tenant.clusters->clusters().split(id, images, request.principal.id));
    return changed(request, tenant, both, "cluster", "rest");
  }

  Result<Response> merge(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const auto texts = reader.texts("cluster_ids", kMostMerged);
    FIT_CHECK(reader.finish());
    std::vector<ClusterId> ids;
    for (const std::string& text : texts) {
      FIT_TRY(const ClusterId id, cluster_id("cluster_ids", text));
      FIT_CHECK(check_cluster(request, tenant, id));
      ids.push_back(id);
    }
    FIT_TRY(const Cluster merged, tenant.clusters->clusters().merge(ids, request.principal.id));
    return changed(request, tenant, merged);
  }

  Result<Response> move(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string image_text = reader.text("image_id");
    const std::string cluster_text = reader.text("cluster_id");
    FIT_CHECK(reader.finish());
    FIT_TRY(const ImageId image, visible_image(request, tenant, "image_id", image_text));
    FIT_TRY(const ClusterId to, cluster_id("cluster_id", cluster_text));
    FIT_CHECK(check_cluster(request, tenant, to));
    ingest::Clusters clusters = tenant.clusters->clusters();
    FIT_TRY(const auto members, clusters.find(std::span(&image, 1)));
    FIT_TRY(const Cluster target, clusters.move(image, to, request.principal.id));
    if (!members.empty()) FIT_CHECK(tenant.clusters->refresh(std::span(&members.front().cluster, 1)));
    return changed(request, tenant, target);
  }

  Result<Response> separate(const Request& request, const TenantSnapshot& tenant) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    const std::string one_text = reader.text("image_id");
    const std::string other_text = reader.text("other_image_id");
    FIT_CHECK(reader.finish());
    FIT_TRY(const ImageId one, visible_image(request, tenant, "image_id", one_text));
    FIT_TRY(const ImageId other, visible_image(request, tenant, "other_image_id", other_text));
    FIT_TRY(const auto both, tenant.clusters->clusters().separate(one, other, request.principal.id));
    return changed(request, tenant, both, "cluster", "other_cluster");
  }

 private:
  static Response uncached(const Json& body) {
    Response response = json_response(body);
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }

  // kNotFound unless the cluster exists for the caller.
  Result<void> check_cluster(const Request& request, const TenantSnapshot& tenant, ClusterId id) const {
    FIT_TRY(const Cluster cluster, tenant.clusters->clusters().get(id));
    FIT_CHECK(ClusterViews(request, tenant, views_).existing(cluster));
    return {};
  }

  // The cluster with its new centre.
  Result<Json> refreshed(const Request& request, const TenantSnapshot& tenant, ClusterId id) const {
    FIT_CHECK(tenant.clusters->refresh(std::span(&id, 1)));
    FIT_TRY(const Cluster cluster, tenant.clusters->clusters().get(id));
    return ClusterViews(request, tenant, views_).existing(cluster);
  }

  Result<Response> changed(const Request& request, const TenantSnapshot& tenant,
                           const Cluster& cluster) const {
    FIT_TRY(const Json body, refreshed(request, tenant, cluster.id));
    Response response = json_response(body);
    note_audit(response, {.target = "cluster:" + cluster.id.str()});
    return response;
  }

  Result<Response> changed(const Request& request, const TenantSnapshot& tenant,
                           const std::pair<Cluster, Cluster>& both, const char* first,
                           const char* second) const {
    Json body;
    FIT_TRY(body[first], refreshed(request, tenant, both.first.id));
    FIT_TRY(body[second], refreshed(request, tenant, both.second.id));
    Response response = json_response(body);
    note_audit(response, {.target = "cluster:" + both.first.id.str()});
    return response;
  }

  const search::ResultViews views_;
};

}  // namespace

void add_cluster_routes(Router& router, search::ResultViews views) {
  const auto routes = std::make_shared<const ClusterRoutes>(std::move(views));
  const auto add = [&](Method method, const char* pattern, auto handler,
                       std::vector<std::string_view> parameters = {}) {
    const bool is_read = method == Method::kGet;
    router.add({.method = method,
                .pattern = pattern,
                .required_scope = is_read ? accounts::Scope::kItemsRead : accounts::Scope::kItemsWrite,
                .run_on = is_read ? RunOn::kSearch : RunOn::kWrite,
                .route_class = is_read ? RouteClass::kSearch : RouteClass::kWrite,
                .max_body_bytes = is_read ? 0 : kMediumBodyBytes,
                .query_parameters = std::move(parameters)},
               [routes, handler](const Request& request, const TenantSnapshot& tenant) {
                 return std::invoke(handler, *routes, request, tenant);
               });
  };
  add(Method::kGet, "/api/v1/clusters", &ClusterRoutes::list,
      {"order", "min_size", "duplicates", "limit", "cursor"});
  add(Method::kGet, "/api/v1/clusters/{id}", &ClusterRoutes::get, {"limit", "cursor"});
  add(Method::kPost, "/api/v1/clusters/{id}/label", &ClusterRoutes::label);
  add(Method::kPost, "/api/v1/clusters/{id}/labels/run", &ClusterRoutes::run_labels);
  add(Method::kPost, "/api/v1/clusters/{id}/split", &ClusterRoutes::split);
  add(Method::kPost, "/api/v1/clusters/merge", &ClusterRoutes::merge);
  add(Method::kPost, "/api/v1/clusters/move", &ClusterRoutes::move);
  add(Method::kPost, "/api/v1/clusters/not-same", &ClusterRoutes::separate);
}

}  // namespace fit::http
