#include "http/job_query.h"

#include "base/text.h"
#include "http/parameter_values.h"
#include "jobs/job_json.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxJobs = 1000;

Result<void> read(jobs::JobQuery& query, const std::string& name, const std::string& value) {
  if (!is_utf8(value) || value.contains('\0')) return invalid(name, "is not valid UTF-8");
  if (name == "kind") {
    FIT_CHECK(jobs::check_kind(name, value));
    query.kind = value;
  } else if (name == "state") {
    FIT_TRY(query.state, jobs::parse_state(name, value));
  } else if (name == "error_class") {
    FIT_TRY(query.error_class, jobs::parse_error_class(name, value));
  } else if (name == "submitter") {
    query.submitter = value;
  } else if (name == "from") {
    FIT_TRY(query.finished_from, parse_rfc3339(name, value));
  } else if (name == "until") {
    FIT_TRY(query.finished_until, parse_rfc3339(name, value));
  } else if (name == "before") {
    FIT_TRY(query.before, parse_id(name, value));
  } else if (name == "limit") {
    FIT_TRY(query.limit, parse_limit(value, kMaxJobs));
  }
  return {};
}

}  // namespace

Result<jobs::JobQuery> job_query(const Request& request) {
  jobs::JobQuery query;
  for (const auto& [name, value] : query_parameters(request.query)) FIT_CHECK(read(query, name, value));
  return query;
}

Response job_page(const jobs::JobQuery& query, const std::vector<jobs::Job>& jobs) {
  Json body;
  body["jobs"] = Json::array();
  for (const jobs::Job& job : jobs) body["jobs"].push_back(job_json(job));
  if (jobs.size() == query.limit) body["next_before"] = jobs.back().id.str();
  return json_response(body);
}

Result<jobs::JobId> job_id_of(const Request& request) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return jobs::JobId{id};
}

}  // namespace fit::http
