#include "base/json_reader.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/label_json.h"
#include "http/problem.h"
#include "ingest/assets/assets.h"
#include "ingest/labels/label_service.h"

namespace fit::http {
namespace {

using ingest::LabelTarget;

Result<LabelTarget> label_target(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return LabelTarget{.kind = LabelTarget::Kind::kAsset, .id = id};
}

// An asset whose labels the caller may change: their own, or any with the scope items:write. The response is
// that of a caller who may not.
Result<std::optional<Response>> refused_asset(const Request& request, const TenantSnapshot& tenant,
                                              const LabelTarget& target) {
  FIT_TRY(const ingest::Asset asset, ingest::Assets(tenant.labels->database()).get({target.id}));
  constexpr accounts::Scopes kNeeded{accounts::Scope::kItemsWrite};
  if (asset.owner == request.principal.id || request.principal.scopes.contains_all(kNeeded)) {
    return std::nullopt;
  }
  return missing_scopes(kNeeded, request);
}

std::string label_audit_target(const LabelTarget& target) {
  return std::string(to_string(target.kind)) + ":" + std::to_string(target.id);
}

Result<Response> put_label(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const LabelTarget target, label_target(request));
  FIT_TRY(auto refused, refused_asset(request, tenant, target));
  if (refused) return *std::move(refused);
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  const std::string value = reader.text("value");
  const std::string language = reader.optional_text("language");
  FIT_CHECK(reader.finish());
  FIT_TRY(ingest::Label label,
          ingest::person_label(tenant.labels->ontology(), request.path_parameters.get("field"), value,
                               language, request.principal.id));
  FIT_TRY(label.created_at, tenant.labels->labels().set(target, label));
  return json_response(label_json(label));
}

Result<Response> remove_label(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const LabelTarget target, label_target(request));
  FIT_TRY(auto refused, refused_asset(request, tenant, target));
  if (refused) return *std::move(refused);
  const std::string field(request.path_parameters.get("field"));
  if (!ingest::is_label_field(field)) return invalid("field", "names no field of labels");
  const auto value = query_parameter(request.query, "value");
  if (field == ingest::kTagField && !value) return invalid("value", "must name the tag");
  FIT_CHECK(tenant.labels->labels().remove(
      target, field, ingest::label_value(tenant.labels->ontology(), field, value.value_or("")),
      request.principal.id));
  Response response = no_content();
  note_audit(response, {.target = label_audit_target(target)});
  return response;
}

Result<Response> run_asset_labels(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const LabelTarget target, label_target(request));
  FIT_TRY(auto refused, refused_asset(request, tenant, target));
  if (refused) return *std::move(refused);
  return request_labels(request, tenant, target);
}

}  // namespace

void add_label_routes(Router& router) {
  const auto add = [&router](Method method, std::string pattern, TenantHandler handler,
                             std::vector<std::string_view> parameters = {}) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .required_scope = accounts::Scope::kIngest,
                .run_on = RunOn::kWrite,
                .route_class = RouteClass::kWrite,
                .max_body_bytes = method == Method::kPut ? kSmallBodyBytes : 0,
                .query_parameters = std::move(parameters)},
               std::move(handler));
  };
  add(Method::kPut, "/api/v1/assets/{id}/labels/{field}", put_label);
  add(Method::kDelete, "/api/v1/assets/{id}/labels/{field}", remove_label, {"value"});
  add(Method::kPost, "/api/v1/assets/{id}/labels/run", run_asset_labels);
}

}  // namespace fit::http
