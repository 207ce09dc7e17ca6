#include "accounts/sessions.h"

#include <algorithm>

#include "accounts/access_version.h"
#include "accounts/key_secret.h"
#include "accounts/sql_times.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxAgentBytes = 300;

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

constexpr std::string_view kColumns =
    "s.id, s.user_id, s.address, s.agent, s.created_at, s.last_used_at, s.expires_at";
constexpr int kColumnCount = 7;
// $1 is the time, $2 the earliest last use.
constexpr std::string_view kIsAlive = "s.expires_at > $1 AND s.last_used_at > $2";

Session read_session(const SqlRow& row, const SessionLimits& limits) {
  const Timestamp last_used_at = time_at(row, 5);
  return {.id = row.integer(0),
          .user_id = row.integer(1),
          .client = {.address = std::string(row.text(2)), .agent = std::string(row.text(3))},
          .created_at = time_at(row, 4),
          .last_used_at = last_used_at,
          .ends_at = std::min(time_at(row, 6), last_used_at + limits.idle)};
}

}  // namespace

Result<IssuedSession> Sessions::begin(std::int64_t user, const SessionClient& client) {
  const Timestamp time = now();
  std::string token = make_random_token();
  const std::string hash = hash_of(token);
  std::string agent(client.agent);
  std::ranges::replace_if(agent, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (!is_utf8(agent)) agent.clear();
  agent = utf8_prefix(agent, kMaxAgentBytes);
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<IssuedSession> {
    FIT_CHECK(connection.execute("DELETE FROM sessions WHERE expires_at <= $1 OR last_used_at <= $2",
                                 {ticks(time), ticks(time - limits_.idle)}));
    std::optional<std::int64_t> id;
    FIT_CHECK(connection.query(
        "INSERT INTO sessions (user_id, hash, created_at, last_used_at, expires_at, address, agent) "
        "VALUES ($1, $2, $3, $3, $4, $5, $6) RETURNING id",
        {user, std::string_view(hash), ticks(time), ticks(time + limits_.lifetime),
         std::string_view(client.address), std::string_view(agent)},
        [&id](const SqlRow& row) { id = row.integer(0); }));
    FIT_CHECK(connection.execute("UPDATE users SET last_seen_at = $1 WHERE id = $2", {ticks(time), user}));
    Session session{.id = id.value_or(0),
                    .user_id = user,
                    .client = {.address = client.address, .agent = agent},
                    .created_at = time,
                    .last_used_at = time,
                    .ends_at = time + std::min(limits_.idle, limits_.lifetime)};
    return IssuedSession{std::move(session), token};
  });
}

Result<std::optional<FoundSession>> Sessions::find(std::string_view token_hash) {
  const Timestamp time = now();
  const std::string sql = "SELECT " + std::string(kColumns) + ", " + std::string(kUserColumns) +
                          " FROM sessions s JOIN users u ON u.id = s.user_id WHERE " + std::string(kIsAlive) +
                          " AND s.hash = $3 AND u.disabled_at IS NULL";
  return database_.read([&](SqlConnection& connection) -> Result<std::optional<FoundSession>> {
    std::optional<FoundSession> found;
    FIT_CHECK(
        connection.query(sql, {ticks(time), ticks(time - limits_.idle), token_hash}, [&](const SqlRow& row) {
          found = FoundSession{read_session(row, limits_), read_user(row, kColumnCount).user};
        }));
    return found;
  });
}

Result<std::vector<Session>> Sessions::list(std::int64_t user) {
  const Timestamp time = now();
  const std::string sql = "SELECT " + std::string(kColumns) + " FROM sessions s WHERE " +
                          std::string(kIsAlive) + " AND s.user_id = $3 ORDER BY s.id DESC";
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<Session>> {
    std::vector<Session> sessions;
    FIT_CHECK(connection.query(sql, {ticks(time), ticks(time - limits_.idle), user},
                               [&](const SqlRow& row) { sessions.push_back(read_session(row, limits_)); }));
    return sessions;
  });
}

Result<void> Sessions::end(std::int64_t user, std::int64_t session) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM sessions WHERE user_id = $1 AND id = $2", {user, session}));
    if (removed == 0) return not_found("there is no such session");
    return {};
  });
}

Result<void> Sessions::end(std::string_view token_hash) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_CHECK(connection.execute("DELETE FROM sessions WHERE hash = $1", {token_hash}));
    return {};
  });
}

Result<void> Sessions::note_uses(std::span<const Use> uses) {
  if (uses.empty()) return {};
  return database_.write(Ordering::kUnordered, [uses](SqlConnection& connection) -> Result<void> {
    for (const Use& use : uses) {
      FIT_CHECK(
          connection.execute("UPDATE sessions SET last_used_at = $1 WHERE id = $2 AND last_used_at < $1",
                             {ticks(use.at), use.session}));
      FIT_CHECK(connection.execute(
          "UPDATE users SET last_seen_at = $1 WHERE id = (SELECT user_id FROM sessions WHERE id = $2) AND "
          "(last_seen_at IS NULL OR last_seen_at < $1)",
          {ticks(use.at), use.session}));
    }
    return {};
  });
}

}  // namespace fit::accounts
