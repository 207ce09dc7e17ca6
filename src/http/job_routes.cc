#include "base/json_reader.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/job_query.h"
#include "http/json_body.h"
#include "jobs/job_json.h"
#include "jobs/queue.h"

namespace fit::http {
namespace {

using accounts::Scope;

// Administrators see all jobs, others their own.
bool sees_all(const Principal& caller) {
  return caller.scopes.contains(Scope::kAdmin);
}

// kNotFound for a job that does not exist for the caller.
Result<jobs::Job> visible_job(jobs::Queue& queue, const Request& request) {
  FIT_TRY(const jobs::JobId id, job_id_of(request));
  FIT_TRY(jobs::Job job, queue.find(id));
  if (!sees_all(request.principal) && job.submitter != request.principal.id) {
    return not_found("there is no job " + id.str());
  }
  return job;
}

Result<Response> list_jobs(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(jobs::JobQuery query, job_query(request));
  if (!sees_all(request.principal)) {
    if (!query.submitter.empty() && query.submitter != request.principal.id) {
      return Error{ErrorCode::kForbidden, "other submitters' jobs need the scope admin", "submitter", {}};
    }
    query.submitter = request.principal.id;
  }
  FIT_TRY(const auto jobs, tenant.jobs->queue.list(query));
  return job_page(query, jobs);
}

Result<Response> get_job(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const jobs::Job job, visible_job(tenant.jobs->queue, request));
  FIT_TRY(const auto attempts, tenant.jobs->queue.attempts(job.id));
  return json_response(job_json(job, attempts));
}

Result<Response> cancel_job(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const jobs::Job job, visible_job(tenant.jobs->queue, request));
  FIT_TRY(const jobs::Job cancelled, tenant.jobs->queue.cancel(job.id));
  return json_response(job_json(cancelled));
}

Result<Response> list_queues(const Request&, const TenantSnapshot& tenant) {
  FIT_TRY(const auto queues, tenant.jobs->queue.queues());
  Json list = Json::array();
  for (const jobs::QueueState& queue : queues) list.push_back(queue_json(queue));
  return json_response({{"queues", std::move(list)}});
}

// The state of one queue, also of one that has no jobs.
Result<Response> show_queue(jobs::Queue& queue, std::string_view name) {
  FIT_TRY(const auto queues, queue.queues());
  for (const jobs::QueueState& state : queues) {
    if (state.name == name) return json_response(queue_json(state));
  }
  return json_response(jobs::queue_json({.name = std::string(name)}));
}

Result<Response> pause_queue(const Request& request, const TenantSnapshot& tenant) {
  const std::string name(request.path_parameters.get("name"));
  Json body = Json::object();
  if (!request.body.empty()) {
    FIT_TRY(body, json_body(request));
  }
  JsonReader reader(body);
  const std::string until = reader.optional_text("until");
  const std::string reason = reader.optional_text("reason");
  FIT_CHECK(reader.finish());
  std::optional<Timestamp> until_time;
  if (!until.empty()) {
    FIT_TRY(until_time, parse_rfc3339("until", until));
    if (*until_time <= now()) return invalid("until", "must be in the future");
  }
  FIT_CHECK(tenant.jobs->queue.pause(name, until_time, reason));
  return show_queue(tenant.jobs->queue, name);
}

Result<Response> resume_queue(const Request& request, const TenantSnapshot& tenant) {
  const std::string name(request.path_parameters.get("name"));
  FIT_CHECK(tenant.jobs->queue.resume(name));
  return show_queue(tenant.jobs->queue, name);
}

}  // namespace

void add_job_routes(Router& router) {
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/jobs",
              .required_scope = Scope::kIngest,
              .route_class = RouteClass::kNone,
              .query_parameters = {{"kind", "state", "error_class", "submitter", "from", "until", "before",
                                    "limit"}}},
             list_jobs);
  router.add({.method = Method::kGet,
              .pattern = "/api/v1/jobs/{id}",
              .required_scope = Scope::kIngest,
              .route_class = RouteClass::kNone},
             get_job);
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/jobs/{id}/cancel",
              .required_scope = Scope::kIngest,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite},
             cancel_job);
  const auto add = [&router](Method method, const char* pattern, std::size_t max_body_bytes,
                             TenantHandler handler) {
    router.add(admin_route(method, pattern, max_body_bytes, {}), std::move(handler));
  };
  add(Method::kGet, "/api/v1/queues", 0, list_queues);
  add(Method::kPost, "/api/v1/queues/{name}/pause", kSmallBodyBytes, pause_queue);
  add(Method::kPost, "/api/v1/queues/{name}/resume", 0, resume_queue);
}

}  // namespace fit::http
