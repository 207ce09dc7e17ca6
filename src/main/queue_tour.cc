#include "main/queue_tour.h"

#include <utility>

#include "ingest/sources/sources.h"
#include "jobs/queue.h"
#include "links/short_links.h"
#include "main/tenant_config.h"
#include "sql/database_url.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"

namespace fit {
namespace {

constexpr std::chrono::seconds kTourPeriod{15};

Result<std::unique_ptr<sql::SqlConnection>> open_session(const std::string& url) {
  if (sql::is_postgres(url)) return sql::open_postgres({.url = url});
  FIT_TRY(const auto path, sql::sqlite_path(url));
  return sql::open_sqlite({.path = path, .query_only = true});
}

}  // namespace

void QueueTour::start() {
  task_.start([this](const std::stop_token& stop) {
    do {
      const auto looked = look(stop);
      if (!looked && !std::exchange(is_failing_, true)) {
        runtime_.log().warning("the queues of tenants are not looked into",
                               {{"reason", looked.error().describe()}});
      }
      if (looked) is_failing_ = false;
    } while (task_.wait_for(kTourPeriod));
  });
}

Result<void> QueueTour::look(const std::stop_token& stop) {
  FIT_TRY(const auto all, directory_.list());
  for (const accounts::Tenant& tenant : all) {
    if (stop.stop_requested()) return {};
    // A catalogue that cannot be read is for the operator, who sees it at the next request.
    const auto found = has_work(tenant);
    if (!found || !*found) continue;
    if (const auto opened = tenants_.acquire(tenant.name); !opened) {
      runtime_.log().warning("a tenant with jobs cannot be opened",
                             {{"tenant", tenant.name}, {"reason", opened.error().describe()}});
    }
  }
  return {};
}

Result<bool> QueueTour::has_work(const accounts::Tenant& tenant) const {
  FIT_TRY(const tenants::TenantPlace place, tenants::place_of(place_of(runtime_.config()), tenant.name));
  FIT_CHECK(tenants::check_catalogue(place));
  FIT_TRY(const auto session, open_session(place.database_url));
  FIT_TRY(const bool has_jobs, jobs::has_work(*session));
  if (has_jobs) return true;
  FIT_TRY(const bool has_due_source, ingest::has_due_source(*session));
  if (has_due_source) return true;
  return links::ShortLinks::has_expired(*session, now());
}

}  // namespace fit
