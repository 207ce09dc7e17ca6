#include <algorithm>

#include "base/format.h"
#include "base/json_reader.h"
#include "base/json_time.h"
#include "base/text.h"
#include "domain/properties_json.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "http/scratch_file.h"
#include "ingest/imports/import_service.h"

namespace fit::http {
namespace {

using ingest::ImportId;
using ingest::ImportRecord;
using ingest::ImportState;

constexpr std::size_t kDefaultImports = 20;
constexpr std::size_t kMaxImports = 100;
constexpr std::size_t kDefaultRejects = 100;
constexpr std::size_t kMaxRejects = 1000;
constexpr std::size_t kKeptShown = 100;

Result<ImportId> import_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ImportId{id};
}

// The entries of a mapping by column: {"preis": "price", "notes": ""}.
Json mapping_json(const std::vector<std::string>& mapping) {
  Json json = Json::object();
  for (const std::string& entry : mapping) {
    const std::size_t equals = entry.rfind('=');
    if (equals != std::string::npos) json[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return json;
}

Json import_counts(const ingest::ImportCounts& counts) {
  return {{"done", counts.done},           {"total", counts.total},
          {"created", counts.created},     {"updated", counts.updated},
          {"unchanged", counts.unchanged}, {"rejected", counts.rejected},
          {"warnings", counts.warnings},   {"kept", counts.kept}};
}

Json warned_json(const std::vector<ingest::RowWarning>& warned) {
  Json list = Json::array();
  for (const ingest::RowWarning& one : warned) {
    list.push_back({{"line", one.line}, {"field", one.field}, {"warning", one.reason}, {"value", one.value}});
  }
  return list;
}

Json import_json(const ImportRecord& import) {
  const bool is_over = !ingest::is_at_work(import.state) && import.state != ImportState::kReady;
  const bool has_file = !import.blob.empty();
  return {
      {"id", import.id.str()},
      {"state", ingest::to_string(import.state)},
      {"file",
       {{"name", import.file_name}, {"size_bytes", import.size_bytes}, {"format", to_string(import.format)}}},
      {"source", import.settings.source},
      {"format", import.settings.shape},
      {"mapping", mapping_json(import.settings.mapping)},
      {"overwrite", import.settings.overwrite},
      {"progress", import_counts(import.counts)},
      {"read_as", import.findings.read_as},
      {"remarks", import.findings.remarks},
      {"warned", warned_json(import.findings.warned)},
      {"error", import.error.empty() ? Json(nullptr) : Json(import.error)},
      {"can_undo", has_file && is_over && import.state != ImportState::kUndone},
      {"job_id", import.job ? Json(import.job->str()) : Json(nullptr)},
      {"created_by", import.created_by},
      {"created_at", to_rfc3339(import.created_at)},
      {"started_at", time_or_null(import.started_at)},
      {"ended_at", time_or_null(import.ended_at)}};
}

// An import with what an undo of it has done.
Result<Json> import_view(ingest::ImportService& imports, const ImportRecord& import) {
  Json json = import_json(import);
  json["undo"] = nullptr;
  if (import.state != ImportState::kUndoing && import.state != ImportState::kUndone) return json;
  FIT_TRY(const auto counts, imports.undo_counts(import.id));
  FIT_TRY(const auto kept, imports.kept(import.id, kKeptShown));
  Json items = Json::array();
  for (const ingest::KeptItem& item : kept) {
    items.push_back({{"source", item.source},
                     {"external_id", item.external_id},
                     {"title", item.title},
                     {"reason", item.why}});
  }
  json["undo"] = {
      {"deleted", counts.deleted},       {"restored", counts.restored}, {"changed_since", counts.changed},
      {"removed_since", counts.removed}, {"open", counts.open},         {"kept", std::move(items)}};
  return json;
}

Json previewed_item(const ingest::PreviewItem& item) {
  const domain::Listing& listing = item.listing;
  return {{"source", listing.source},
          {"external_id", listing.external_id},
          {"title", listing.title},
          {"description", listing.description},
          {"brand", listing.brand},
          {"price", listing.price ? Json(*listing.price) : Json(nullptr)},
          {"currency", listing.currency},
          {"size", listing.size},
          {"url", listing.url},
          {"status", listing.status},
          {"properties", domain::properties_json(listing.properties)},
          {"images", item.images}};
}

Json reject_json(const ingest::Reject& reject) {
  return {{"line", reject.line},   {"external_id", reject.external_id},
          {"title", reject.title}, {"field", reject.field},
          {"value", reject.value}, {"reason", reject.reason}};
}

Json preview_json_of(const ingest::ImportPreview& preview) {
  Json columns = Json::array();
  for (const ingest::InputColumn& column : preview.columns) {
    columns.push_back({{"name", column.name},
                       {"key", column.key},
                       {"field", column.field},
                       {"suggestion", column.suggestion},
                       {"known", column.is_known},
                       {"samples", column.samples}});
  }
  Json rows = Json::array();
  for (const ingest::PreviewRow& row : preview.rows.rows) {
    rows.push_back({{"line", row.line},
                    {"is_new", row.is_new},
                    {"item", row.item ? previewed_item(*row.item) : Json(nullptr)},
                    {"reject", row.reject ? reject_json(*row.reject) : Json(nullptr)},
                    {"warned", warned_json(row.warned)}});
  }
  Json problem = nullptr;
  if (preview.problem) problem = {{"field", preview.problem->field}, {"reason", preview.problem->message}};
  return {{"import", import_json(preview.import)},
          {"read_as", preview.rows.read_as},
          {"remarks", preview.rows.remarks},
          {"columns", std::move(columns)},
          {"fields", ingest::mapped_fields()},
          {"is_remembered", preview.is_remembered},
          {"rows", std::move(rows)},
          {"problem", std::move(problem)}};
}

// The body of a preview or a start; an empty one changes nothing.
Result<ingest::GivenSettings> given_settings(const Request& request) {
  ingest::GivenSettings given;
  if (request.body.empty()) return given;
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  const std::string source = reader.optional_text("source");
  if (!source.empty()) given.source = source;
  if (reader.find("format") != nullptr) given.shape = reader.optional_text("format");
  if (reader.find("overwrite") != nullptr) given.overwrite = reader.flag("overwrite");
  if (const Json* const mapping = reader.find("mapping"); mapping != nullptr) {
    if (!mapping->is_object()) reader.fail("mapping", "must be an object");
    given.mapping.emplace();
    for (const auto& [column, field] : mapping->items()) {
      if (field.is_string()) {
        given.mapping->push_back(column + "=" + field.template get<std::string>());
      } else {
        reader.fail("mapping." + column, "must be text");
      }
    }
  }
  FIT_CHECK(reader.finish());
  return given;
}

Result<Response> add_import(const ImportRouteDeps& deps, const Request& request,
                            const TenantSnapshot& tenant) {
  if (request.body.empty() && request.body_file.empty()) return malformed("body", "is empty");
  std::optional<ScratchFile> scratch;  // the copy of a body that is in memory
  if (request.body_file.empty()) {
    FIT_TRY(ScratchFile written, ScratchFile::write(deps.scratch_path, as_bytes(request.body)));
    scratch.emplace(std::move(written));
  }
  FIT_TRY(const ImportRecord import,
          tenant.imports->add({.path = scratch ? scratch->path() : request.body_file,
                               .name = query_parameter(request.query, "name").value_or(""),
                               .source = query_parameter(request.query, "source").value_or(""),
                               .created_by = request.principal.id}));
  FIT_TRY(const auto preview, tenant.imports->preview(import.id, {}, request.stop));
  Response response = json_response(preview_json_of(preview), 201);
  response.headers.emplace_back("Location", "/api/v1/imports/" + import.id.str());
  note_audit(response, {.target = "import:" + import.id.str(), .detail = {{"name", import.file_name}}});
  return response;
}

Result<Response> list_imports(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const std::size_t limit,
          parse_limit(query_parameter(request.query, "limit").value_or(std::to_string(kDefaultImports)),
                      kMaxImports));
  std::int64_t before = 0;
  if (const auto given = query_parameter(request.query, "before")) {
    FIT_TRY(before, parse_id("before", *given));
  }
  FIT_TRY(const auto imports, tenant.imports->list(before, limit));
  Json list = Json::array();
  for (const ImportRecord& import : imports) list.push_back(import_json(import));
  return json_response({{"imports", std::move(list)}});
}

Result<Response> get_import(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const ImportRecord import, tenant.imports->get(id));
  FIT_TRY(const Json view, import_view(*tenant.imports, import));
  return json_response(view);
}

Result<Response> remove_import(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_CHECK(tenant.imports->remove(id));
  Response response = no_content();
  note_audit(response, {.target = "import:" + id.str()});
  return response;
}

Result<Response> preview_import_again(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const auto given, given_settings(request));
  FIT_TRY(const auto preview, tenant.imports->preview(id, given, request.stop));
  return json_response(preview_json_of(preview));
}

// The response to a change of an import.
Result<Response> changed_import(const TenantSnapshot& tenant, const ImportRecord& import, int status) {
  FIT_TRY(const Json view, import_view(*tenant.imports, import));
  Response response = json_response(view, status);
  note_audit(response,
             {.target = "import:" + import.id.str(), .detail = {{"source", import.settings.source}}});
  return response;
}

Result<Response> start_import(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const auto given, given_settings(request));
  FIT_TRY(const ImportRecord import, tenant.imports->start(id, given));
  return changed_import(tenant, import, 202);
}

Result<Response> stop_import(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const ImportRecord import, tenant.imports->stop(id));
  return changed_import(tenant, import, 202);
}

Result<Response> undo_import(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const ImportRecord import, tenant.imports->undo(id));
  return changed_import(tenant, import, 202);
}

Result<Response> list_rejects(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const std::size_t limit,
          parse_limit(query_parameter(request.query, "limit").value_or(std::to_string(kDefaultRejects)),
                      kMaxRejects));
  std::int64_t after = 0;
  if (const auto given = query_parameter(request.query, "after")) {
    FIT_TRY(after, parse_id("after", *given));
  }
  FIT_TRY(const ImportRecord import, tenant.imports->get(id));
  FIT_TRY(const auto rejects, tenant.imports->rejects(id, after, limit));
  Json list = Json::array();
  for (const ingest::StoredReject& reject : rejects) {
    Json one = reject_json(reject);
    one["number"] = reject.number;
    one["row"] = reject.text;
    list.push_back(std::move(one));
  }
  return json_response({{"rejects", std::move(list)}, {"total", import.counts.rejected}});
}

Result<Response> rejects_file(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ImportId id, import_id(request));
  FIT_TRY(const ImportRecord import, tenant.imports->get(id));
  FIT_TRY(std::string text, tenant.imports->rejects_file(id));
  const bool is_table = import.format == ingest::ImportFormat::kTable;
  Response response;
  response.content_type = is_table ? "text/csv; charset=utf-8" : "application/x-ndjson";
  response.headers.emplace_back("Content-Disposition", std::string("attachment; filename=\"rejects.") +
                                                           (is_table ? "csv\"" : "ndjson\""));
  response.body = std::move(text);
  return response;
}

}  // namespace

void add_import_job_routes(Router& router, const ImportRouteDeps& deps) {
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/imports",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kImport,
              .route_class = RouteClass::kIngest,
              .max_body_bytes = deps.max_body_bytes,
              .query_parameters = {{"name", "source"}}},
             [deps](const Request& request, const TenantSnapshot& tenant) {
               return add_import(deps, request, tenant);
             });
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/imports",
              .required_scope = accounts::Scope::kItemsWrite,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"before", "limit"}}},
             list_imports);
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/imports/{id}",
              .required_scope = accounts::Scope::kItemsWrite,
              .route_class = RouteClass::kNone},
             get_import);
  router.add({.method = Method::kDelete,
              .pattern = "/api/v1/imports/{id}",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite},
             remove_import);
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/{id}/preview",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kNone,
              .max_body_bytes = kMediumBodyBytes,
              .audited = Audited::kNever},
             preview_import_again);
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/{id}/start",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kMediumBodyBytes},
             start_import);
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/{id}/stop",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite},
             stop_import);
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/imports/{id}/undo",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite},
             undo_import);
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/imports/{id}/rejects",
              .required_scope = accounts::Scope::kItemsWrite,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"after", "limit"}}},
             list_rejects);
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/imports/{id}/rejects/file",
              .required_scope = accounts::Scope::kItemsWrite,
              .route_class = RouteClass::kNone},
             rejects_file);
}

}  // namespace fit::http
