#include "base/json_reader.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/job_query.h"
#include "http/json_body.h"
#include "jobs/bulk_retry.h"
#include "jobs/job_json.h"

namespace fit::http {
namespace {

constexpr double kDefaultPerSecond = 10;

// kNotFound for a job that is no dead letter.
Result<jobs::Job> dead_letter(jobs::Queue& queue, const Request& request) {
  FIT_TRY(const jobs::JobId id, job_id_of(request));
  auto job = queue.find(id);
  if (!job || job->state != jobs::State::kDead) {
    if (!job && job.error().code != ErrorCode::kNotFound) return job;
    return not_found("there is no dead letter " + id.str());
  }
  return job;
}

Result<Response> list_dead(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(jobs::JobQuery query, job_query(request));
  query.state = jobs::State::kDead;
  FIT_TRY(const auto jobs, tenant.jobs->queue.list(query));
  return job_page(query, jobs);
}

Result<Response> get_dead(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const jobs::Job job, dead_letter(tenant.jobs->queue, request));
  FIT_TRY(const auto attempts, tenant.jobs->queue.attempts(job.id));
  return json_response(job_json(job, attempts));
}

Result<Response> retry_dead(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const jobs::JobId id, job_id_of(request));
  FIT_TRY(const jobs::AddedJob added, tenant.jobs->queue.retry(id));
  FIT_TRY(const jobs::Job job, tenant.jobs->queue.find(added.id));
  return json_response(job_json(job), 201);
}

Result<Response> discard_dead(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const jobs::JobId id, job_id_of(request));
  FIT_CHECK(tenant.jobs->queue.discard(id));
  return no_content();
}

Json progress_json(const jobs::BulkRetry::Progress& progress) {
  return {{"running", progress.is_running},
          {"retried", progress.retried},
          {"gone", progress.gone},
          {"started_at", to_rfc3339(progress.started_at)},
          {"error", progress.error.empty() ? Json(nullptr) : Json(progress.error)}};
}

Result<jobs::BulkRetry::Request> bulk_request(const Request& request) {
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  jobs::BulkRetry::Request wanted{.query = {}, .per_second = kDefaultPerSecond};
  wanted.query.kind = reader.optional_text("kind");
  const std::string error_class = reader.optional_text("error_class");
  const std::string from = reader.optional_text("from");
  const std::string until = reader.optional_text("until");
  if (const Json* const rate = reader.find("per_second")) {
    if (rate->is_number()) {
      wanted.per_second = rate->get<double>();
    } else {
      reader.fail("per_second", "must be a number");
    }
  }
  FIT_CHECK(reader.finish());
  if (!wanted.query.kind.empty()) FIT_CHECK(jobs::check_kind("kind", wanted.query.kind));
  if (!error_class.empty()) {
    FIT_TRY(wanted.query.error_class, jobs::parse_error_class("error_class", error_class));
  }
  if (!from.empty()) {
    FIT_TRY(wanted.query.finished_from, parse_rfc3339("from", from));
  }
  if (!until.empty()) {
    FIT_TRY(wanted.query.finished_until, parse_rfc3339("until", until));
  }
  return wanted;
}

Result<Response> start_bulk(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const auto wanted, bulk_request(request));
  FIT_TRY(const auto progress, tenant.jobs->bulk_retry.start(wanted));
  return json_response(progress_json(progress), 202);
}

Result<Response> show_bulk(const Request&, const TenantSnapshot& tenant) {
  const auto progress = tenant.jobs->bulk_retry.progress();
  if (!progress) return not_found("no dead letters were retried together since the start of the server");
  return json_response(progress_json(*progress));
}

Result<Response> stop_bulk(const Request& request, const TenantSnapshot& tenant) {
  tenant.jobs->bulk_retry.stop();
  return show_bulk(request, tenant);
}

}  // namespace

void add_dead_letter_routes(Router& router) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/admin/dlq",
              .required_scope = accounts::Scope::kAdmin,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"kind", "error_class", "submitter", "from", "until", "before", "limit"}}},
             list_dead);
  const auto add = [&router](Method method, const char* pattern, TenantHandler handler) {
    router.add(admin_route(method, pattern, kSmallBodyBytes, {}), std::move(handler));
  };
  add(Method::kPost, "/api/v1/admin/dlq/retry", start_bulk);
  add(Method::kGet, "/api/v1/admin/dlq/retry", show_bulk);
  add(Method::kDelete, "/api/v1/admin/dlq/retry", stop_bulk);
  add(Method::kGet, "/api/v1/admin/dlq/{id}", get_dead);
  add(Method::kPost, "/api/v1/admin/dlq/{id}/retry", retry_dead);
  add(Method::kDelete, "/api/v1/admin/dlq/{id}", discard_dead);
}

}  // namespace fit::http
