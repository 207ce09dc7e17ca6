#include <algorithm>

#include "base/json_reader.h"
#include "base/json_time.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "ingest/pages/web_page.h"
#include "ingest/sources/listing_json.h"
#include "ingest/sources/source_service.h"

namespace fit::http {
namespace {

using ingest::RunRecord;
using ingest::SourceId;
using ingest::SourceKind;
using ingest::SourceRecord;
using ingest::SourceSettings;
using ingest::SourceSpec;

constexpr std::size_t kDefaultRuns = 20;
constexpr std::size_t kMaxRuns = 100;
// A recipe may be part of a source.
constexpr std::size_t kSourceBodyBytes = 256 << 10;
constexpr std::int64_t kLongestJitterS = 86'400;
// Of a capture: a page with the escapes that JSON adds.
constexpr std::size_t kMaxCaptureBytes = 2 * ingest::kMaxPageBytes;

Result<SourceId> source_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return SourceId{id};
}

// Files of the server are for its operator, at the command line.
Result<void> check_source_address(SourceKind kind, std::string_view address) {
  const bool is_url = address.starts_with("http://") || address.starts_with("https://");
  const bool may_be_empty = kind == SourceKind::kEbay || kind == SourceKind::kPush;
  if (is_url || (address.empty() && may_be_empty)) return {};
  return invalid("address", "must be an http or https URL; files of the server are added by fit source add");
}

// What a change of the settings is merged into, with secrets.
Json settings_that_are_set(const SourceSpec& spec) {
  if (!spec.unread) return source_settings_json(spec.settings, /*with_secrets=*/true);
  Json stored = Json::parse(spec.unread->text, nullptr, /*allow_exceptions=*/false);
  return stored.is_object() ? stored : Json::object();
}

// Reads the members of a source over what is set now. `kind` is that of a source that exists.
Result<SourceSpec> read_source_spec(const Json& body, SourceSpec spec, std::optional<SourceKind> kind) {
  JsonReader reader(body);
  const auto text = [&reader](const char* key, std::string& value) {
    const Json* const member = reader.find(key);
    if (member == nullptr) return;
    if (member->is_string()) {
      value = member->get<std::string>();
    } else {
      reader.fail(key, "must be text");
    }
  };
  std::string kind_name(kind ? to_string(*kind) : "");
  std::string address = spec.settings.address;
  text("kind", kind_name);
  text("address", address);
  text("name", spec.name);
  text("schedule", spec.schedule);
  text("time_zone", spec.time_zone);
  if (reader.find("jitter_s") != nullptr) {
    spec.jitter = std::chrono::seconds(reader.integer("jitter_s", 0, kLongestJitterS));
  }
  if (reader.find("paused") != nullptr) spec.is_paused = reader.flag("paused");
  const Json* const given = reader.find("settings");
  FIT_CHECK(reader.finish());
  FIT_TRY(const SourceKind wanted, ingest::parse_source_kind("kind", kind_name));
  if (kind && wanted != *kind)
    return Error{ErrorCode::kConflict, "cannot change; add another source", "kind", {}};
  if (!kind || address != spec.settings.address) FIT_CHECK(check_source_address(wanted, address));
  // Settings that cannot be read stay as they are until they are set anew.
  if (spec.unread && given == nullptr && address == spec.settings.address) return spec;
  if (spec.unread && spec.unread->problem.field == "kind") return spec.unread->problem;
  // Members that are given replace those that are set; null removes one.
  Json settings = kind ? settings_that_are_set(spec) : Json::object();
  if (given != nullptr) {
    if (!given->is_object()) return invalid("settings", "must be an object");
    settings.merge_patch(*given);
  }
  FIT_TRY(spec.settings, ingest::parse_source_settings(wanted, address, settings));
  spec.unread = std::nullopt;
  if (spec.name.empty()) spec.name = default_source_name(spec.settings);
  return spec;
}

// A source with its latest run.
Result<Json> source_view(ingest::Sources& sources, const SourceRecord& source) {
  Json json = source_json(source);
  FIT_TRY(const auto runs, sources.runs(source.id, 0, 1));
  json["last_run"] = runs.empty() ? Json() : run_json(runs.front());
  return json;
}

Result<Response> list_sources(const Request&, const TenantSnapshot& tenant) {
  ingest::Sources& sources = tenant.sources->sources();
  FIT_TRY(const auto all, sources.list());
  Json list = Json::array();
  for (const SourceRecord& source : all) {
    FIT_TRY(Json view, source_view(sources, source));
    list.push_back(std::move(view));
  }
  return json_response({{"sources", std::move(list)}});
}

Result<Response> get_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  ingest::Sources& sources = tenant.sources->sources();
  FIT_TRY(const SourceRecord source, sources.get(id));
  FIT_TRY(Json view, source_view(sources, source));
  FIT_TRY(view["listings"], sources.listings(id));
  return json_response(view);
}

Result<Response> add_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const Json body, json_body(request));
  FIT_TRY(const SourceSpec spec, read_source_spec(body, {}, std::nullopt));
  ingest::Sources& sources = tenant.sources->sources();
  FIT_TRY(const SourceRecord source, sources.add(spec, request.principal.id));
  FIT_TRY(const Json view, source_view(sources, source));
  Response response = json_response(view, 201);
  response.headers.emplace_back("Location", "/api/v1/sources/" + source.id.str());
  note_audit(response, {.target = "source:" + source.id.str(), .detail = {{"name", source.spec.name}}});
  return response;
}

Result<Response> change_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  FIT_TRY(const Json body, json_body(request));
  ingest::Sources& sources = tenant.sources->sources();
  FIT_TRY(const SourceRecord source, sources.change(id, [&body](const SourceSpec& present) {
    return read_source_spec(body, present, present.settings.kind);
  }));
  FIT_TRY(const Json view, source_view(sources, source));
  Response response = json_response(view);
  note_audit(response, {.target = "source:" + id.str()});
  return response;
}

Result<Response> remove_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  FIT_CHECK(tenant.sources->sources().remove(id));
  Response response = no_content();
  note_audit(response, {.target = "source:" + id.str()});
  return response;
}

// The response to a request that begins or ends a run.
Response run_response(const RunRecord& run, int status) {
  Response response = json_response(run_json(run), status);
  note_audit(response, {.target = "source:" + run.source.str(), .detail = {{"run", run.id.str()}}});
  return response;
}

Result<Response> run_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  FIT_TRY(const RunRecord run, tenant.sources->sources().start(id));
  return run_response(run, 202);
}

Result<Response> stop_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  FIT_TRY(const RunRecord run, tenant.sources->stop_run(id));
  return run_response(run, 200);
}

Result<Response> confirm_source(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  FIT_TRY(const RunRecord run, tenant.sources->sources().confirm(id));
  return run_response(run, 202);
}

Result<Response> list_runs(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const SourceId id, source_id(request));
  std::size_t limit = kDefaultRuns;
  std::int64_t before = 0;
  if (const auto text = query_parameter(request.query, "limit")) {
    FIT_TRY(limit, parse_limit(*text, kMaxRuns));
  }
  if (const auto text = query_parameter(request.query, "before")) {
    FIT_TRY(before, parse_id("before", *text));
  }
  FIT_TRY(auto runs, tenant.sources->sources().runs(id, before, limit + 1));
  const bool has_more = runs.size() > limit;
  if (has_more) runs.pop_back();
  Json list = Json::array();
  for (const RunRecord& run : runs) list.push_back(run_json(run));
  return json_response(
      {{"runs", std::move(list)}, {"next_before", has_more ? Json(runs.back().id.str()) : Json()}});
}

Json previews(const std::vector<ingest::FetchedListing>& listings) {
  Json list = Json::array();
  for (const ingest::FetchedListing& listing : listings) list.push_back(listing_preview_json(listing));
  return list;
}

Result<Response> test_source(const Request& request, const TenantSnapshot& tenant,
                             std::chrono::milliseconds time_limit) {
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  const std::string address = reader.optional_text("address");
  const std::string kind_name = reader.optional_text("kind");
  const Json* const settings = reader.find("settings");
  FIT_CHECK(reader.finish());
  ingest::DetectOptions options;
  options.time_limit = time_limit;
  if (kind_name.empty()) {
    if (settings != nullptr) return invalid("kind", "must be given with settings");
    FIT_CHECK(check_source_address(SourceKind::kFeed, address));
  } else {
    FIT_TRY(const SourceKind kind, ingest::parse_source_kind("kind", kind_name));
    FIT_CHECK(check_source_address(kind, address));
    FIT_TRY(options.settings,
            ingest::parse_source_settings(kind, address, settings == nullptr ? Json::object() : *settings));
  }
  FIT_TRY(const ingest::Detected found, tenant.sources->test(address, options, request.stop));
  return json_response({{"kind", to_string(found.settings.kind)},
                        {"address", found.settings.address},
                        {"settings", source_settings_json(found.settings, /*with_secrets=*/false)},
                        {"listings", previews(found.listings)},
                        {"remarks", found.remarks},
                        {"tried", found.tried}});
}

Result<Response> capture_page(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  const std::string url = reader.text("url");
  const std::string html = reader.text("html");
  FIT_CHECK(reader.finish());
  FIT_TRY(const auto captured, tenant.sources->capture(url, html, request.principal.id));
  return json_response({{"source", source_json(captured.source)},
                        {"run", run_json(captured.run)},
                        {"listings", previews(captured.listings)}},
                       202);
}

}  // namespace

void add_source_routes(Router& router, const SourceRouteDeps& deps) {
  // What changes a source is rare and reaches other hosts: the audit log has it.
  const auto add = [&router](Method method, std::string pattern, std::size_t max_body_bytes,
                             TenantHandler handler) {
    const bool is_read = method == Method::kGet;
    router.add({.method = method,
                .pattern = std::move(pattern),
                .required_scope = accounts::Scope::kItemsWrite,
                .run_on = is_read ? RunOn::kSearch : RunOn::kWrite,
                .route_class = is_read ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = max_body_bytes,
                .audited = is_read ? Audited::kNever : Audited::kAlways},
               std::move(handler));
  };
  add(Method::kGet, "/api/v1/sources", 0, list_sources);
  add(Method::kPost, "/api/v1/sources", kSourceBodyBytes, add_source);
  add(Method::kGet, "/api/v1/sources/{id}", 0, get_source);
  add(Method::kPatch, "/api/v1/sources/{id}", kSourceBodyBytes, change_source);
  add(Method::kDelete, "/api/v1/sources/{id}", 0, remove_source);
  add(Method::kPost, "/api/v1/sources/{id}/run", 0, run_source);
  add(Method::kPost, "/api/v1/sources/{id}/stop", 0, stop_source);
  add(Method::kPost, "/api/v1/sources/{id}/confirm", 0, confirm_source);
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/sources/{id}/runs",
              .required_scope = accounts::Scope::kItemsWrite,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"limit", "before"}}},
             list_runs);
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/sources/test",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kFetch,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kSourceBodyBytes},
             [limit = deps.test_time_limit](const Request& request, const TenantSnapshot& tenant) {
               return test_source(request, tenant, limit);
             });
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/capture",
              .required_scope = accounts::Scope::kItemsWrite,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kMaxCaptureBytes},
             capture_page);
}

}  // namespace fit::http
