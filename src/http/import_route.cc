#include <array>
#include <cmath>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "domain/properties_json.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/import_runs.h"
#include "http/parameter_values.h"
#include "http/scratch_file.h"
#include "ingest/import/importer.h"
#include "ingest/import/preview.h"
#include "ingest/import/saved_mapping.h"

namespace fit::http {
namespace {

constexpr std::size_t kPreviewItems = 10;
constexpr std::size_t kMaxRunName = 100;

struct MediaType {
  std::string_view name;
  ingest::ImportFormat format;
};
constexpr std::array kMediaTypes = std::to_array<MediaType>({
    {"text/csv", ingest::ImportFormat::kTable},
    {"text/tab-separated-values", ingest::ImportFormat::kTable},
    {"application/x-ndjson", ingest::ImportFormat::kNdjson},
    {"application/jsonl", ingest::ImportFormat::kNdjson},
    {"application/json", ingest::ImportFormat::kJson},
    {"application/xml", ingest::ImportFormat::kXml},
    {"text/xml", ingest::ImportFormat::kXml},
    {"application/rss+xml", ingest::ImportFormat::kXml},
    {"application/atom+xml", ingest::ImportFormat::kXml},
});

Result<ingest::ImportFormat> format_of(const Request& request) {
  const std::string type = media_type(request.headers.get("content-type"));
  const auto* const known = std::ranges::find(kMediaTypes, std::string_view(type), &MediaType::name);
  if (known != kMediaTypes.end()) return known->format;
  return Error{ErrorCode::kUnsupportedMedia,
               "must be text/csv, text/tab-separated-values, application/x-ndjson, application/json or "
               "application/xml",
               "Content-Type",
               {}};
}

Result<bool> flag(const Request& request, std::string_view name) {
  return parse_flag(name, query_parameter(request.query, name).value_or("false"));
}

Result<ingest::ImportOptions> given_options(const Request& request) {
  ingest::ImportOptions options;
  FIT_TRY(options.format, format_of(request));
  options.source = query_parameter(request.query, "source").value_or("import");
  options.shape = query_parameter(request.query, "format").value_or("");
  const std::string mapping = query_parameter(request.query, "map").value_or("");
  for (std::string_view rest = mapping; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    options.mapping.emplace_back(trim(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  FIT_TRY(options.ignore_unknown_columns, flag(request, "ignore_unknown_columns"));
  FIT_TRY(options.overwrite, flag(request, "overwrite"));
  FIT_TRY(const bool is_complete, flag(request, "complete"));
  FIT_TRY(const bool may_hide_most, flag(request, "confirm_hiding"));
  if (may_hide_most && !is_complete)
    return invalid("confirm_hiding", "has a meaning with complete=true only");
  if (is_complete)
    options.hide_missing = [may_hide_most](std::int64_t, std::int64_t) { return may_hide_most; };
  return options;
}

Json report_json(const ingest::ImportReport& report, bool is_stopped) {
  Json rejects = Json::array();
  for (const ingest::Reject& reject : report.rejects) {
    rejects.push_back({{"line", reject.line},
                       {"external_id", reject.external_id},
                       {"title", reject.title},
                       {"field", reject.field},
                       {"value", reject.value},
                       {"reason", reject.reason}});
  }
  Json warned = Json::array();
  for (const ingest::RowWarning& warning : report.warned) {
    warned.push_back({{"line", warning.line},
                      {"field", warning.field},
                      {"warning", warning.reason},
                      {"value", warning.value}});
  }
  return {{"read_as", report.read_as},
          {"remarks", report.remarks},
          {"created", report.created},
          {"updated", report.updated},
          {"unchanged", report.unchanged},
          {"rejected", report.rejected},
          {"warnings", report.warnings},
          {"kept", report.kept},
          {"hidden", report.hidden},
          {"stopped", is_stopped},
          {"rejects", std::move(rejects)},
          {"warned", std::move(warned)},
          {"took_ms", std::round(report.seconds * 1e6) / 1e3}};
}

// What the audit log says about an import.
Json counts_json(const ingest::ImportReport& report, bool is_stopped) {
  return {{"created", report.created},
          {"updated", report.updated},
          {"unchanged", report.unchanged},
          {"rejected", report.rejected},
          {"stopped", is_stopped}};
}

Json preview_json(const ingest::PreviewItem& item) {
  const domain::Listing& listing = item.listing;
  const Json properties = domain::properties_json(listing.properties);
  Json json{{"source", listing.source},     {"external_id", listing.external_id},
            {"title", listing.title},       {"description", listing.description},
            {"brand", listing.brand},       {"price", nullptr},
            {"currency", listing.currency}, {"size", listing.size},
            {"url", listing.url},           {"status", listing.status},
            {"properties", properties},     {"images", item.images}};
  if (listing.price) json["price"] = *listing.price;
  return json;
}

// The name of a run among those of all tenants, whose names have no slash.
std::string run_key(const Principal& caller, std::string_view name) {
  return caller.tenant + "/" + std::string(name);
}

Result<Response> preview(const std::filesystem::path& file, const ingest::ImportOptions& options,
                         const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ingest::Preview preview,
          ingest::preview_import(tenant.catalog.writer(), file, options, kPreviewItems, request.stop));
  Json json = report_json(preview.report, false);
  json["items"] = Json::array();
  for (const ingest::PreviewItem& item : preview.items) json["items"].push_back(preview_json(item));
  Response response = json_response(json);
  note_audit(response, {.target = "source:" + options.source, .detail = {{"dry_run", true}}});
  return response;
}

Result<Response> import_items(const ImportRouteDeps& deps, ImportRuns& runs, const Request& request,
                              const TenantSnapshot& tenant) {
  FIT_TRY(const ingest::ImportOptions given, given_options(request));
  FIT_TRY(const bool is_dry_run, flag(request, "dry_run"));
  const std::string name = query_parameter(request.query, "run").value_or("");
  if (name.size() > kMaxRunName) return invalid("run", "is too long");
  if (request.body.empty()) return malformed("body", "is empty");
  store::Catalogue& store = tenant.catalog.writer().database();
  ingest::ImportOptions options = given;
  options.threads = deps.threads;
  FIT_CHECK(ingest::use_saved_mapping(store, options));
  std::optional<ScratchFile> scratch;  // the copy of a body that is in memory
  if (request.body_file.empty()) {
    FIT_TRY(ScratchFile written, ScratchFile::write(deps.scratch_path, as_bytes(request.body)));
    scratch.emplace(std::move(written));
  }
  const std::filesystem::path file = scratch ? scratch->path() : request.body_file;
  if (is_dry_run) return preview(file, options, request, tenant);

  const auto listing = runs.add(name.empty() ? "" : run_key(request.principal, name));
  ImportRuns::Run& run = listing->run();
  const std::stop_callback on_stop(request.stop, [&run] { run.stop.request_stop(); });
  const auto progress = [&run](std::int64_t done, std::int64_t total) {
    run.done = done;
    run.total = total;
  };
  ingest::Importer importer(tenant.catalog.writer());
  ingest::ImportReport report;
  const auto imported = importer.run(file, options, progress, run.stop.get_token(), report);
  const bool is_stopped = !imported && imported.error().code == ErrorCode::kCancelled;
  if (!imported && !is_stopped) return imported.error();
  FIT_CHECK(ingest::save_mapping(store, given));
  Response response = json_response(report_json(report, is_stopped));
  note_audit(response, {.target = "source:" + given.source, .detail = counts_json(report, is_stopped)});
  return response;
}

Result<std::shared_ptr<ImportRuns::Run>> find_run(ImportRuns& runs, const Request& request) {
  auto run = runs.find(run_key(request.principal, request.path_parameters.get("run")));
  if (!run) return not_found("there is no such import under way in this process");
  return run;
}

}  // namespace

void add_import_route(Router& router, ImportRouteDeps deps) {
  const auto runs = std::make_shared<ImportRuns>();
  const std::size_t max_body_bytes = deps.max_body_bytes;
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/items/import",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kImport,
              .route_class = RouteClass::kIngest,
              .max_body_bytes = max_body_bytes,
              .query_parameters = {{"source", "format", "map", "ignore_unknown_columns", "overwrite",
                                    "complete", "confirm_hiding", "dry_run", "run"}}},
             [deps = std::move(deps), runs](const Request& request, const TenantSnapshot& tenant) {
               return import_items(deps, *runs, request, tenant);
             });
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/items/import/{run}",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kSearch,
              .route_class = RouteClass::kNone,
              .handler = [runs](const Request& request) -> Result<Response> {
                FIT_TRY(const auto run, find_run(*runs, request));
                return json_response({{"done", run->done.load()}, {"total", run->total.load()}});
              }});
  router.add({.method = Method::kDelete,
              .pattern = "/api/v1/items/import/{run}",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kSearch,
              .route_class = RouteClass::kNone,
              .handler = [runs](const Request& request) -> Result<Response> {
                FIT_TRY(const auto run, find_run(*runs, request));
                run->stop.request_stop();
                return json_response({{"done", run->done.load()}, {"total", run->total.load()}});
              }});
}

}  // namespace fit::http
