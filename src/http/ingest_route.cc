#include "base/format.h"
#include "base/hash.h"
#include "catalog/item_input.h"
#include "http/api.h"
#include "http/idempotency.h"
#include "http/ingest_form.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "ingest/assets/asset_service.h"

namespace fit::http {
namespace {

using ingest::AddedAsset;

Json added_json(const AddedAsset& added) {
  return {{"job_id", std::to_string(added.job)},
          {"asset_id", added.id.str()},
          {"status", added.is_known ? "known" : "queued"}};
}

// The response to one file, or the list of what became of several. A refused file has its problem details.
Result<Response> respond(const Request& request, const std::vector<Result<AddedAsset>>& results) {
  if (results.size() == 1) {
    if (!results[0]) return results[0].error();
    Response response = json_response(added_json(*results[0]), 202);
    response.headers.emplace_back("Location", "/api/v1/assets/" + results[0]->id.str());
    return response;
  }
  Json jobs = Json::array();
  for (const Result<AddedAsset>& result : results) {
    if (result) {
      jobs.push_back(added_json(*result));
    } else {
      jobs.push_back({{"status", "refused"}, {"error", Json::parse(problem(result.error(), request).body)}});
    }
  }
  return json_response({{"jobs", std::move(jobs)}}, 202);
}

// Items are changes of the catalogue, which need a scope of their own. Returns the refusal.
template <class Inputs>
std::optional<Response> refuse_items(const Request& request, const Inputs& inputs) {
  constexpr accounts::Scopes kNeeded{accounts::Scope::kItemsWrite};
  if (request.principal.scopes.contains_all(kNeeded)) return std::nullopt;
  for (const auto& input : inputs) {
    if (input.metadata.make_item) return missing_scopes(kNeeded, request);
  }
  return std::nullopt;
}

std::string fingerprint_of(const std::vector<IngestFile>& files) {
  Sha256 digest;
  for (const IngestFile& file : files) {
    // Fixed lengths keep apart what follows each other.
    digest.update(as_bytes(sha256_hex(as_bytes(file.content))));
    digest.update(as_bytes(sha256_hex(as_bytes(file.name))));
    const ingest::AssetMetadata& metadata = file.metadata;
    const Json described{metadata.title, metadata.source, metadata.external_id, metadata.tags,
                         metadata.make_item};
    digest.update(as_bytes(sha256_hex(as_bytes(dump_json(described)))));
  }
  return digest.hex();
}

Result<Response> ingest_files(const Request& request, ingest::AssetService& assets) {
  FIT_TRY(const std::vector<IngestFile> files, parse_ingest_form(request));
  if (auto refusal = refuse_items(request, files)) return *std::move(refusal);
  const auto accept = [&] {
    std::vector<ingest::SentFile> sent;
    for (std::size_t i = 0; i < files.size(); ++i) {
      sent.push_back({.field = files.size() == 1 ? "files" : fit::format("files[{}]", i),
                      .name = files[i].name,
                      .content = as_bytes(files[i].content),
                      .metadata = files[i].metadata,
                      .owner = request.principal.id});
    }
    return respond(request, assets.intake().accept(sent));
  };
  return handle_once(request, assets.keys(), [&files] { return fingerprint_of(files); }, accept);
}

// Adds assets for the URLs that are well-formed, and returns one result for each.
Result<std::vector<Result<AddedAsset>>> add_urls(const std::vector<IngestUrl>& urls, const std::string& owner,
                                                 ingest::AssetIntake& intake) {
  std::vector<Result<AddedAsset>> results(urls.size());
  std::vector<ingest::NewAsset> assets;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const std::string field = fit::format("urls[{}]", i);
    auto url = catalog::check_location(field, urls[i].url);
    if (url && !url->contains("://")) url = invalid(field, "must be an http or https URL");
    if (!url) {
      results[i] = url.error();
      continue;
    }
    ingest::NewAsset& asset = assets.emplace_back();
    asset.url = *std::move(url);
    asset.name = ingest::display_name(asset.url.substr(0, asset.url.find_first_of("?#")));
    asset.metadata = urls[i].metadata;
    asset.owner = owner;
    places.push_back(i);
  }
  FIT_TRY(const std::vector<AddedAsset> added, intake.accept_urls(assets));
  for (std::size_t i = 0; i < added.size(); ++i) results[places[i]] = added[i];
  return results;
}

Result<Response> ingest_urls(const Request& request, ingest::AssetService& assets) {
  FIT_TRY(const Json body, json_body(request));
  FIT_TRY(const std::vector<IngestUrl> urls, parse_ingest_urls(body));
  if (auto refusal = refuse_items(request, urls)) return *std::move(refusal);
  const auto accept = [&]() -> Result<Response> {
    FIT_TRY(const auto results, add_urls(urls, request.principal.id, assets.intake()));
    return respond(request, results);
  };
  return handle_once(
      request, assets.keys(), [&body] { return sha256_hex(as_bytes(dump_json(body))); }, accept);
}

Result<Response> ingest(const Request& request, const TenantSnapshot& tenant) {
  const std::string type = media_type(request.headers.get("content-type"));
  if (type == "multipart/form-data") return ingest_files(request, *tenant.assets);
  if (type == "application/json") return ingest_urls(request, *tenant.assets);
  return Error{
      ErrorCode::kUnsupportedMedia, "must be multipart/form-data or application/json", "Content-Type", {}};
}

}  // namespace

void add_ingest_route(Router& router, IngestRouteDeps deps) {
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/ingest",
              .required_scope = accounts::Scope::kIngest,
              .run_on = RunOn::kIngest,
              .route_class = RouteClass::kIngest,
              .max_body_bytes = deps.max_body_bytes},
             ingest);
}

}  // namespace fit::http
