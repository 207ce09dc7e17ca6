#include "ingest/clusters/rebuild_lease.h"

#include <chrono>

#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::SqlConnection;

constexpr std::chrono::seconds kLeaseTime{60};
constexpr std::chrono::seconds kExtendEvery{10};

Result<bool> replace_lease(SqlConnection& connection, std::int64_t from, std::int64_t to) {
  FIT_TRY(const std::int64_t changed,
          connection.execute("UPDATE counters SET value = $1 WHERE name = 'clusters_rebuild' AND value = $2",
                             {to, from}));
  return changed == 1;
}

}  // namespace

Result<std::unique_ptr<RebuildLease>> RebuildLease::take(sql::Database& database) {
  const std::int64_t until = sql::ticks(now() + kLeaseTime);
  FIT_TRY(const ClusterState taken,
          database.write(sql::Ordering::kUnordered, [&](SqlConnection& connection) -> Result<ClusterState> {
            FIT_TRY(const ClusterState state, begin_cluster_change(connection));
            FIT_CHECK(set_cluster_counter(connection, "clusters_rebuild", until));
            return state;
          }));
  std::unique_ptr<RebuildLease> lease(new RebuildLease(database, taken, until));
  lease->task_.start([own = lease.get()](const std::stop_token&) {
    while (own->task_.wait_for(kExtendEvery)) own->extend();
  });
  return lease;
}

RebuildLease::~RebuildLease() {
  task_.stop();
  const std::int64_t until = until_;
  if (until == 0) return;
  // If it fails, the lease ends by itself.
  [[maybe_unused]] const auto ended =
      database_.write(sql::Ordering::kUnordered,
                      [until](SqlConnection& connection) { return replace_lease(connection, until, 0); });
}

// A lease that cannot be extended is tried again, until it has ended.
void RebuildLease::extend() {
  const std::int64_t from = until_;
  if (from == 0) return;  // it was given back
  const std::int64_t until = sql::ticks(now() + kLeaseTime);
  const auto extended = database_.write(sql::Ordering::kUnordered, [&](SqlConnection& connection) {
    return replace_lease(connection, from, until);
  });
  if (extended && *extended) until_ = until;
}

Result<void> RebuildLease::check(SqlConnection& connection) const {
  FIT_TRY(const ClusterState state, read_cluster_state(connection));
  if (state.version == version_) return {};
  return Error{ErrorCode::kConflict, "the rebuild was interrupted for too long; run it again", {}, {}};
}

Result<void> RebuildLease::give_back(SqlConnection& connection) {
  FIT_CHECK(check(connection));
  FIT_CHECK(set_cluster_counter(connection, "clusters_rebuild", 0));
  until_ = 0;  // extend() has no effect from now on
  return {};
}

}  // namespace fit::ingest
