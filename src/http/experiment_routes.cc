#include <algorithm>
#include <utility>

#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "store/catalogue.h"
#include "style/experiments/experiment_results.h"
#include "style/experiments/experiment_service.h"

namespace fit::http {
namespace {

using style::Experiment;
using style::ExperimentId;
using style::ExperimentMode;
using style::ExperimentState;

Result<ExperimentId> experiment_id(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return ExperimentId{id};
}

// kInvalid naming the variant whose space the catalogue does not have.
Result<void> check_spaces(const TenantSnapshot& tenant, const style::ExperimentFields& fields) {
  FIT_TRY(const auto spaces, tenant.catalog.writer().database().spaces().list());
  for (const auto& [name, variant] : {std::pair("a.space", &fields.a), std::pair("b.space", &fields.b)}) {
    const bool is_known =
        variant->space.empty() || std::ranges::any_of(spaces, [&](const domain::SpaceRecord& space) {
          return space.name == variant->space && space.of == domain::VectorsOf::kImages;
        });
    if (!is_known) return invalid(name, "names no space of images in this catalogue");
  }
  return {};
}

// An experiment with its results, once it has some.
Result<Json> experiment_view(const TenantSnapshot& tenant, const Experiment& experiment) {
  Json json = style::experiment_json(experiment);
  if (experiment.state == ExperimentState::kDraft) return json;
  style::ExperimentService& experiments = *tenant.experiments;
  if (experiment.state == ExperimentState::kRunning) {
    json["is_ready"] = experiments.engine_of(experiment.fields.a).has_value() &&
                       experiments.engine_of(experiment.fields.b).has_value();
  }
  if (experiment.fields.mode == ExperimentMode::kShadow) {
    FIT_TRY(const auto sums, experiments.records().shadows(experiment.id));
    json["results"] = style::shadow_json(sums);
  } else {
    FIT_TRY(const auto sums, experiments.records().sums(experiment.id, experiment.fields.mode));
    json["results"] = style::results_json(experiment, sums);
  }
  return json;
}

Result<Response> list_experiments(const Request&, const TenantSnapshot& tenant) {
  FIT_TRY(const auto all, tenant.experiments->store().list());
  Json list = Json::array();
  for (const Experiment& one : all) list.push_back(style::experiment_json(one));
  return json_response({{"experiments", std::move(list)}});
}

Result<Response> get_experiment(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ExperimentId id, experiment_id(request));
  FIT_TRY(const Experiment experiment, tenant.experiments->store().get(id));
  FIT_TRY(const Json view, experiment_view(tenant, experiment));
  return json_response(view);
}

Result<Response> add_experiment(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const Json body, json_body(request));
  FIT_TRY(const style::ExperimentChange given, style::parse_experiment(body, {}));
  FIT_CHECK(check_spaces(tenant, given.fields));
  FIT_TRY(const Experiment experiment, tenant.experiments->store().add(given, request.principal.id, now()));
  FIT_CHECK(tenant.experiments->refresh());
  FIT_TRY(const Json view, experiment_view(tenant, experiment));
  Response response = json_response(view, 201);
  response.headers.emplace_back("Location", "/api/v1/experiments/" + experiment.id.str());
  note_audit(response,
             {.target = "experiment:" + experiment.id.str(), .detail = {{"name", experiment.fields.name}}});
  return response;
}

Result<Response> change_experiment(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ExperimentId id, experiment_id(request));
  FIT_TRY(const Json body, json_body(request));
  // Before the transaction, because what is not there yet is no experiment's.
  FIT_TRY(const Experiment present, tenant.experiments->store().get(id));
  FIT_TRY(const style::ExperimentChange given, style::parse_experiment(body, present.fields));
  FIT_CHECK(check_spaces(tenant, given.fields));
  FIT_TRY(const Experiment experiment,
          tenant.experiments->store().change(
              id, [&body](const Experiment& stored) { return style::parse_experiment(body, stored.fields); },
              now()));
  FIT_CHECK(tenant.experiments->refresh());
  FIT_TRY(const Json view, experiment_view(tenant, experiment));
  Response response = json_response(view);
  note_audit(response, {.target = "experiment:" + id.str(), .detail = {{"state", view.at("state")}}});
  return response;
}

Result<Response> remove_experiment(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ExperimentId id, experiment_id(request));
  FIT_CHECK(tenant.experiments->store().remove(id));
  FIT_CHECK(tenant.experiments->refresh());
  Response response = no_content();
  note_audit(response, {.target = "experiment:" + id.str()});
  return response;
}

}  // namespace

void add_experiment_routes(Router& router) {
  const auto add = [&router](Method method, std::string pattern, TenantHandler handler) {
    const bool reads = method == Method::kGet;
    const bool has_body = method == Method::kPost || method == Method::kPatch;
    router.add({.method = method,
                .pattern = std::move(pattern),
                .required_scope = accounts::Scope::kAdmin,
                .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
                .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
                .max_body_bytes = has_body ? kSmallBodyBytes : 0},
               std::move(handler));
  };
  add(Method::kGet, "/api/v1/experiments", list_experiments);
  add(Method::kPost, "/api/v1/experiments", add_experiment);
  add(Method::kGet, "/api/v1/experiments/{id}", get_experiment);
  add(Method::kPatch, "/api/v1/experiments/{id}", change_experiment);
  add(Method::kDelete, "/api/v1/experiments/{id}", remove_experiment);
}

}  // namespace fit::http
