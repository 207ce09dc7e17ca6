#include "ingest/sources/host_leases.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/format.h"
#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

// How often a process looks whether another one has given a host back.
constexpr std::chrono::milliseconds kLeasePoll{200};
// Longer pauses and older rows say nothing: a clock was set back, or nobody asks the host any more.
constexpr std::chrono::hours kLongestNotedPause{31 * 24};
constexpr std::chrono::hours kKeptRows{24};

std::int64_t random_owner() {
  std::random_device random;
  return std::uniform_int_distribution<std::int64_t>(1)(random);
}

std::chrono::milliseconds left_until(Timestamp end, Timestamp time) {
  return std::max(std::chrono::milliseconds(0), std::chrono::ceil<std::chrono::milliseconds>(end - time));
}

std::int64_t in_microseconds(std::chrono::milliseconds time) {
  return std::chrono::microseconds(time).count();
}

}  // namespace

struct HostLeases::Row {
  std::int64_t owner = 0;
  Timestamp lease_until;
  Timestamp ended_at;
  std::chrono::microseconds delay{0};
  Timestamp paused_until;
};

HostLeases::HostLeases(sql::Database& database, Options options)
    : database_(database), options_(std::move(options)), owner_(random_owner()) {}

Result<Timestamp> HostLeases::time(SqlConnection& connection) const {
  if (options_.clock) return options_.clock();
  const std::string_view server_time = connection.dialect().server_time;
  if (server_time.empty()) return now();
  FIT_TRY(const auto ticks, connection.query_integer(fit::format("SELECT {}", server_time), {}));
  return Timestamp(std::chrono::microseconds(ticks.value_or(0)));
}

Timestamp HostLeases::started_at(Timestamp time) {
  const std::lock_guard lock(mutex_);
  if (!started_at_) started_at_ = time;
  return *started_at_;
}

HostLeases::Answer HostLeases::answer_of(const Row& row, Timestamp time, Milliseconds min_delay) {
  // This process has asked last, and its throttle has spaced its requests.
  if (row.owner == owner_) return {.is_taken = true};
  // No lease ends later than this one would. One that seems to is from before the clock was set back.
  bool is_held = row.lease_until > time && row.lease_until <= time + options_.lease;
  if (options_.is_alone && row.lease_until - options_.lease < started_at(time)) is_held = false;
  Answer answer;
  if (row.paused_until <= time + kLongestNotedPause) answer.pause = left_until(row.paused_until, time);
  if (row.ended_at <= time) {
    const auto delay = std::max<std::chrono::microseconds>(row.delay, min_delay);
    answer.wait = left_until(row.ended_at + delay, time);
  }
  answer.wait = std::max(answer.wait, answer.pause);
  if (is_held) answer.wait = std::max(answer.wait, std::min(kLeasePoll, left_until(row.lease_until, time)));
  answer.is_taken = answer.wait.count() == 0;
  return answer;
}

// Makes the lease this process's, unless another one was quicker.
Result<bool> HostLeases::take_over(SqlConnection& connection, const std::string& host,
                                   const std::optional<Row>& row, Timestamp time) const {
  bool is_taken = false;
  const auto note = [&is_taken](const SqlRow&) { is_taken = true; };
  const std::int64_t until = sql::ticks(time + options_.lease);
  if (row) {
    FIT_CHECK(connection.query(
        "UPDATE host_leases SET owner = $2, lease_until = $3 WHERE host = $1 AND owner = $4 AND "
        "lease_until = $5 RETURNING owner",
        {std::string_view(host), owner_, until, row->owner, sql::ticks(row->lease_until)}, note));
    return is_taken;
  }
  FIT_CHECK(
      connection.execute("DELETE FROM host_leases WHERE lease_until < $1 AND ended_at < $1 AND "
                         "paused_until < $1",
                         {sql::ticks(time - kKeptRows)}));
  FIT_CHECK(connection.query(
      "INSERT INTO host_leases (host, owner, lease_until, ended_at, delay, paused_until) VALUES "
      "($1, $2, $3, 0, 0, 0) ON CONFLICT (host) DO NOTHING RETURNING owner",
      {std::string_view(host), owner_, until}, note));
  return is_taken;
}

Result<HostLeases::Answer> HostLeases::take(const std::string& host, Milliseconds min_delay) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Answer> {
    std::optional<Row> row;
    FIT_CHECK(connection.query(
        "SELECT owner, lease_until, ended_at, delay, paused_until FROM host_leases WHERE host = $1",
        {std::string_view(host)}, [&row](const SqlRow& found) {
          row = Row{.owner = found.integer(0),
                    .lease_until = sql::time_at(found, 1),
                    .ended_at = sql::time_at(found, 2),
                    .delay = std::chrono::microseconds(found.integer(3)),
                    .paused_until = sql::time_at(found, 4)};
        }));
    // After the row was read: a lease that another process took meanwhile would seem to end too late.
    FIT_TRY(const Timestamp present, time(connection));
    started_at(present);
    Answer answer{.is_taken = true};
    if (row) answer = answer_of(*row, present, min_delay);
    if (!answer.is_taken) return answer;
    FIT_TRY(const bool is_taken, take_over(connection, host, row, present));
    if (!is_taken) return Answer{.wait = kLeasePoll};
    return answer;
  });
}

Result<void> HostLeases::keep(const std::string& host, std::chrono::steady_clock::time_point& renewed) {
  const auto present = std::chrono::steady_clock::now();
  if (present - renewed < options_.lease / 3) return {};
  renewed = present;
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const Timestamp at, time(connection));
    FIT_CHECK(connection.execute("UPDATE host_leases SET lease_until = $3 WHERE host = $1 AND owner = $2",
                                 {std::string_view(host), owner_, sql::ticks(at + options_.lease)}));
    return {};
  });
}

Result<void> HostLeases::give_back(const std::string& host, Milliseconds delay, Milliseconds pause) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const Timestamp at, time(connection));
    FIT_CHECK(connection.execute(
        "UPDATE host_leases SET lease_until = 0, ended_at = $3, delay = $4, paused_until = $5 WHERE "
        "host = $1 AND owner = $2",
        {std::string_view(host), owner_, sql::ticks(at), in_microseconds(delay),
         pause.count() > 0 ? sql::ticks(at + pause) : std::int64_t{0}}));
    return {};
  });
}

}  // namespace fit::ingest
