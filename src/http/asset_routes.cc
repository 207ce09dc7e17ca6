#include <algorithm>
#include <set>
#include <span>

#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/asset_json.h"
#include "http/audit.h"
#include "http/label_json.h"
#include "http/parameter_values.h"
#include "http/problem.h"
#include "ingest/assets/asset_service.h"
#include "ingest/assets/frame_ids.h"
#include "ingest/clusters/cluster_service.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"

namespace fit::http {
namespace {

constexpr std::size_t kDefaultAssets = 50;
constexpr std::size_t kMaxAssets = 200;

using ingest::Asset;
using ingest::AssetId;

Result<AssetId> asset_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return AssetId{id};
}

Result<ingest::AssetQuery> asset_query(const Request& request) {
  ingest::AssetQuery query{.state = {}, .owner = {}, .before = 0, .limit = kDefaultAssets};
  if (const auto state = query_parameter(request.query, "state")) {
    const auto* const found = std::ranges::find(ingest::kAssetStates, *state);
    if (found == ingest::kAssetStates.end()) {
      return invalid("state", "must be queued, working, done or failed");
    }
    query.state = static_cast<ingest::AssetState>(found - ingest::kAssetStates.begin());
  }
  if (const auto mine = query_parameter(request.query, "mine")) {
    FIT_TRY(const bool is_mine, parse_flag("mine", *mine));
    if (is_mine) query.owner = request.principal.id;
  }
  if (const auto limit = query_parameter(request.query, "limit")) {
    FIT_TRY(query.limit, parse_limit(*limit, kMaxAssets));
  }
  if (const auto cursor = query_parameter(request.query, "cursor")) {
    FIT_TRY(query.before, parse_id("cursor", *cursor));
  }
  return query;
}

Result<Response> list(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(ingest::AssetQuery query, asset_query(request));
  const std::size_t limit = query.limit++;
  FIT_TRY(std::vector<Asset> assets, tenant.assets->assets().list(query));
  const bool has_more = assets.size() > limit;
  if (has_more) assets.pop_back();
  Json listed = Json::array();
  std::vector<std::int64_t> ids;
  for (const Asset& asset : assets) ids.push_back(asset.id.value);
  FIT_TRY(const auto labels, tenant.labels->labels().read(ingest::LabelTarget::Kind::kAsset, ids));
  for (const Asset& asset : assets) {
    const auto found = labels.find(asset.id.value);
    listed.push_back(asset_json(asset, request.principal.tenant));
    listed.back()["labels"] = found == labels.end() ? Json::array() : labels_json(found->second);
  }
  Json body{{"assets", std::move(listed)}, {"next_cursor", nullptr}};
  if (has_more) body["next_cursor"] = assets.back().id.str();
  return json_response(body);
}

// The jobs of an asset that the queue still has, the latest last.
Result<Json> asset_jobs_json(const Asset& asset, ingest::AssetService& assets) {
  FIT_TRY(const std::vector<std::int64_t> ids, assets.assets().jobs_of(asset));
  Json list = Json::array();
  for (const std::int64_t id : ids) {
    const auto job = assets.queue().find({id});
    if (!job && job.error().code == ErrorCode::kNotFound) continue;
    if (!job) return job.error();
    FIT_TRY(const auto attempts, assets.queue().attempts(job->id));
    list.push_back(asset_job_json(*job, attempts));
  }
  return list;
}

// The clusters that the images of the asset, or of its item, are in.
Result<Json> asset_clusters_json(const Asset& asset, const std::vector<ingest::AssetFrame>& frames,
                                 const TenantSnapshot& tenant) {
  Json list = Json::array();
  std::vector<ImageId> images;
  for (const ingest::AssetFrame& frame : frames) {
    if (frame.id > 0) images.push_back(ingest::image_of_frame(frame.id));
  }
  if (asset.item) {
    const ItemId id = *asset.item;
    FIT_TRY(const auto items, tenant.catalog.writer().database().items().get(std::span(&id, 1)));
    for (const domain::ItemRecord& item : items) {
      for (const domain::ImageRecord& image : item.images) images.push_back(image.id);
    }
  }
  if (images.empty()) return list;
  FIT_TRY(const auto members, tenant.clusters->clusters().find(images));
  std::set<ingest::ClusterId> clusters;
  for (const ingest::ClusterMember& member : members) clusters.insert(member.cluster);
  for (const ingest::ClusterId cluster : clusters) list.push_back(cluster.str());
  return list;
}

Result<Response> show(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const AssetId id, asset_id(request));
  FIT_TRY(const Asset asset, tenant.assets->assets().get(id));
  Json body = asset_json(asset, request.principal.tenant);
  FIT_TRY(const auto frames, tenant.assets->assets().images_of(asset));
  body["frames"] = frames_json(asset, frames, request.principal.tenant);
  FIT_TRY(const auto labels,
          tenant.labels->labels().get({.kind = ingest::LabelTarget::Kind::kAsset, .id = id.value}));
  body["labels"] = labels_json(labels);
  FIT_TRY(body["cluster_ids"], asset_clusters_json(asset, frames, tenant));
  FIT_TRY(body["jobs"], asset_jobs_json(asset, *tenant.assets));
  Response response = json_response(body);
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

// Whoever may change items may remove every asset; others their own.
Result<Response> remove(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const AssetId id, asset_id(request));
  ingest::Assets assets = tenant.assets->assets();
  FIT_TRY(const Asset asset, assets.get(id));
  constexpr accounts::Scopes kNeeded{accounts::Scope::kItemsWrite};
  if (asset.owner != request.principal.id && !request.principal.scopes.contains_all(kNeeded)) {
    return missing_scopes(kNeeded, request);
  }
  FIT_CHECK(assets.remove(id));
  Response response = no_content();
  note_audit(response, {.target = "asset:" + id.str()});
  return response;
}

}  // namespace

void add_asset_routes(Router& router) {
  const auto add = [&router](Method method, std::string pattern, TenantHandler handler) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .required_scope = accounts::Scope::kIngest,
                .run_on = method == Method::kGet ? RunOn::kSearch : RunOn::kWrite,
                .route_class = method == Method::kGet ? RouteClass::kNone : RouteClass::kWrite},
               std::move(handler));
  };
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/assets",
              .required_scope = accounts::Scope::kIngest,
              .run_on = RunOn::kSearch,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"state", "mine", "limit", "cursor"}}},
             list);
  add(Method::kGet, "/api/v1/assets/{id}", show);
  add(Method::kDelete, "/api/v1/assets/{id}", remove);
}

}  // namespace fit::http
