#include "jobs/job_json.h"

#include "base/json_time.h"

namespace fit::jobs {
namespace {

Json error_json(const JobError& error, Reader reader) {
  Json json{{"class", to_string(error.error_class)},
            {"code", error.code},
            {"message", error.message},
            {"field", error.field}};
  if (reader == Reader::kOperator) json["detail"] = error.detail;
  return json;
}

Json id_or_null(const std::optional<JobId>& id) {
  return id ? Json(id->str()) : Json(nullptr);
}

}  // namespace

Json job_json(const Job& job, Reader reader) {
  Json json{{"id", job.id.str()},
            {"kind", job.kind},
            {"state", to_string(job.state)},
            {"priority", job.priority},
            {"submitter", job.submitter},
            {"attempt", job.attempt},
            {"max_attempts", job.max_attempts},
            {"created_at", to_rfc3339(job.created_at)},
            {"run_at", to_rfc3339(job.run_at)},
            {"started_at", time_or_null(job.started_at)},
            {"finished_at", time_or_null(job.finished_at)},
            {"cancel_requested", job.is_cancel_requested},
            {"error", job.error ? error_json(*job.error, reader) : Json(nullptr)},
            {"retried_from", id_or_null(job.retried_from)},
            {"retried_as", id_or_null(job.retried_as)}};
  if (reader == Reader::kOperator) json["worker"] = job.worker;
  return json;
}

Json job_json(const Job& job, const std::vector<Attempt>& attempts, Reader reader) {
  Json json = job_json(job, reader);
  auto payload = parse_json("payload", job.payload);
  json["payload"] = payload ? *std::move(payload) : Json(job.payload);
  json["failed_attempts"] = Json::array();
  for (const Attempt& attempt : attempts) {
    Json one{{"attempt", attempt.attempt},
             {"started_at", to_rfc3339(attempt.started_at)},
             {"ended_at", to_rfc3339(attempt.ended_at)},
             {"error", error_json(attempt.error, reader)}};
    if (reader == Reader::kOperator) one["worker"] = attempt.worker;
    json["failed_attempts"].push_back(std::move(one));
  }
  return json;
}

Json queue_json(const QueueState& queue) {
  return {{"name", queue.name},
          {"waiting", queue.waiting},
          {"delayed", queue.delayed},
          {"running", queue.running},
          {"dead", queue.dead},
          {"oldest_waiting_at", time_or_null(queue.oldest_waiting)},
          {"paused", queue.is_paused},
          {"paused_until", time_or_null(queue.paused_until)},
          {"pause_reason", queue.pause_reason},
          {"breaker_failures", queue.breaker_failures}};
}

}  // namespace fit::jobs
