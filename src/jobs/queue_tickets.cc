// The exchange of a worker whose claims are permitted by tickets in Redis.
#include <algorithm>

#include "base/format.h"
#include "jobs/breakers.h"
#include "jobs/claim_jobs.h"
#include "jobs/finish_jobs.h"
#include "jobs/queue.h"
#include "jobs/redis_dispatch.h"
#include "sql/sql_times.h"

namespace fit::jobs {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

// The kinds of which a job waits: a search of the index for each.
Result<std::vector<std::string>> waiting_kinds(SqlConnection& connection) {
  std::vector<std::string> kinds;
  std::string after;
  for (;;) {
    std::string next;
    FIT_CHECK(
        connection.query("SELECT kind FROM jobs WHERE state = 'waiting' AND kind > $1 ORDER BY kind LIMIT 1",
                         {std::string_view(after)}, [&next](const SqlRow& row) { next = row.text(0); }));
    if (next.empty()) return kinds;
    after = next;
    kinds.push_back(std::move(next));
  }
}

// How many jobs of each queue may be claimed, counted up to a limit.
Result<std::vector<RedisDispatch::Waiting>> claimable_jobs(SqlConnection& connection,
                                                           const QueueOptions& options, Timestamp time,
                                                           std::size_t limit) {
  FIT_TRY(const auto gates, queue_gates(connection, options, time));
  FIT_TRY(const auto kinds, waiting_kinds(connection));
  std::vector<RedisDispatch::Waiting> queues;
  for (const std::string& kind : kinds) {
    const auto gate = gates.find(kind);
    if (gate != gates.end() && gate->second.is_closed) continue;
    const bool is_probing = gate != gates.end() && gate->second.is_probing;
    FIT_TRY(const auto count,
            connection.query_integer("SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE state = 'waiting' AND "
                                     "kind = $1 LIMIT $2) AS first_jobs",
                                     {std::string_view(kind), sql::sql_limit(is_probing ? 1 : limit)}));
    queues.push_back({.kind = kind, .jobs = static_cast<std::size_t>(count.value_or(0))});
  }
  return queues;
}

// The part of a claim that the tickets permit.
Claim permitted(const Claim& claim, const RedisDispatch::Taken& taken) {
  Claim part{.worker = claim.worker, .kinds = {}, .limit = 0, .held = claim.held};
  for (const RedisDispatch::Tickets& tickets : taken.tickets) {
    part.kinds.push_back({.kind = tickets.kind, .limit = tickets.ids.size()});
    part.limit += tickets.ids.size();
  }
  return part;
}

}  // namespace

// Tickets of a transaction that fails are left to the next lease and top-up.
Result<Queue::Exchanged> Queue::exchange_with_tickets(std::span<const Finish> finished, const Claim& claim) {
  RedisDispatch& dispatch = *options_.dispatch;
  if (dispatch.may_look()) FIT_CHECK(look(claim));
  const auto taken = dispatch.take(claim);
  if (!taken) return exchange_rows(finished, claim);
  Result<Exchanged> done = Exchanged();
  if (!finished.empty() || !taken->tickets.empty()) {
    done = database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Exchanged> {
      FIT_TRY(const Timestamp at, time(connection));
      Exchanged exchanged;
      FIT_CHECK(finish_jobs(connection, options_, finished, at, exchanged));
      FIT_TRY(exchanged.claimed, claim_jobs(connection, options_, permitted(claim, *taken), at));
      return exchanged;
    });
    if (!done) return done;
    dispatch.acknowledge(taken->tickets);
  }
  // A failure must not lose the outcome of this exchange, and shows in the next one.
  if (taken->is_short) static_cast<void>(top_up());
  return done;
}

Result<void> Queue::look(const Claim& claim) {
  FIT_TRY(const bool is_needed, has_due());
  if (is_needed) {
    const auto done = database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
      FIT_TRY(const Timestamp at, time(connection));
      FIT_CHECK(free_lost_jobs(connection, options_, claim, at));
      return release_due_jobs(connection, at);
    });
    if (!done) return done;
  }
  return top_up();
}

Result<void> Queue::top_up() {
  if (options_.dispatch == nullptr) return {};
  using Queues = std::vector<RedisDispatch::Waiting>;
  const auto queues = database_.read([this](SqlConnection& connection) -> Result<Queues> {
    FIT_TRY(const Timestamp at, time(connection));
    return claimable_jobs(connection, options_, at, options_.dispatch->most_tickets());
  });
  if (!queues) return queues.error();
  options_.dispatch->top_up(*queues);
  return {};
}

}  // namespace fit::jobs
