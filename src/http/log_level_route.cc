#include "accounts/tenants.h"
#include "base/json_reader.h"
#include "base/log.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/json_body.h"

namespace fit::http {
namespace {

Json level_json(const Log& log) {
  return {{"level", log.levels().text()}};
}

// The log is that of the process, which all tenants share.
Result<void> check_default(const Request& request) {
  if (request.principal.tenant == accounts::kDefaultTenant) return {};
  return Error{ErrorCode::kForbidden, "the log is managed from the tenant default", "X-Tenant", {}};
}

Result<Response> set_level(const Request& request, const Log& log) {
  FIT_CHECK(check_default(request));
  FIT_TRY(const Json body, json_body(request));
  JsonReader reader(body);
  const std::string wanted = reader.text("level");
  FIT_CHECK(reader.finish());
  FIT_TRY(LogLevels levels, LogLevels::parse("level", wanted));
  log.set_levels(std::move(levels));
  log.info("the log has other levels", {{"levels", log.levels().text()}});
  return json_response(level_json(log));
}

}  // namespace

void add_log_level_routes(Router& router, const Log& log) {
  const auto add = [&router](Method method, const char* pattern, Handler handler) {
    router.add(admin_route(method, pattern, kSmallBodyBytes, std::move(handler)));
  };
  add(Method::kGet, "/api/v1/admin/log-level", [log](const Request& request) -> Result<Response> {
    FIT_CHECK(check_default(request));
    return json_response(level_json(log));
  });
  add(Method::kPost, "/api/v1/admin/log-level",
      [log](const Request& request) -> Result<Response> { return set_level(request, log); });
}

}  // namespace fit::http
