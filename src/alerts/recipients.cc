#include "alerts/recipients.h"

#include <algorithm>

#include "base/format.h"
#include "notify/webhook.h"
#include "sql/sql_times.h"

namespace fit::alerts {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::ticks;

constexpr std::string_view kRecipientColumns =
    "SELECT id, user_id, email, confirmed_at, paused_at, pause_reason, webhook_secret, created_at FROM "
    "alert_recipients ";

Recipient read_recipient(const SqlRow& row) {
  return {.id = RecipientId{row.integer(0)},
          .user_id = row.is_null(1) ? 0 : row.integer(1),
          .email = std::string(row.text(2)),
          .confirmed_at = sql::optional_time_at(row, 3),
          .paused_at = sql::optional_time_at(row, 4),
          .pause_reason = std::string(row.text(5)),
          .webhook_secret = std::string(row.text(6)),
          .created_at = sql::time_at(row, 7)};
}

Result<std::vector<Recipient>> read_recipients(SqlConnection& connection, std::string_view condition,
                                               std::initializer_list<sql::SqlValue> values) {
  std::vector<Recipient> found;
  FIT_CHECK(connection.query(std::string(kRecipientColumns) + std::string(condition), values,
                             [&found](const SqlRow& row) { found.push_back(read_recipient(row)); }));
  return found;
}

Error no_such_recipient() {
  return not_found("there is no such recipient of alerts");
}

std::string user_identity(std::int64_t user) {
  return fit::format("user:{}", user);
}

Result<void> pause_one(SqlConnection& connection, RecipientId id, const std::string& reason) {
  FIT_TRY(const std::int64_t changed,
          connection.execute("UPDATE alert_recipients SET paused_at = $1, pause_reason = $2 WHERE id = $3",
                             {ticks(now()), std::string_view(reason), id.value}));
  if (changed == 0) return no_such_recipient();
  return {};
}

// A row of push_subscriptions is a browser, or, without keys, a device of Apple with this before its token.
constexpr std::string_view kDeviceScheme = "apns:";

// kConflict where a recipient has as many browsers and devices as it may, besides the endpoint.
Result<void> check_place(SqlConnection& connection, RecipientId id, std::string_view endpoint) {
  FIT_TRY(const auto count,
          connection.query_integer(
              "SELECT COUNT(*) FROM push_subscriptions WHERE recipient_id = $1 AND endpoint <> $2",
              {id.value, endpoint}));
  if (count.value_or(0) < static_cast<std::int64_t>(Recipients::kMaxBrowsers)) return {};
  return Error{
      ErrorCode::kConflict, "there are 20 browsers and devices already, the most; remove one first", {}, {}};
}

Result<void> remove_place(SqlConnection& connection, RecipientId id, std::int64_t place,
                          std::string_view condition, const char* unknown) {
  FIT_TRY(
      const std::int64_t removed,
      connection.execute(
          fit::format("DELETE FROM push_subscriptions WHERE id = $1 AND recipient_id = $2 AND {}", condition),
          {place, id.value}));
  if (removed == 0) return not_found(unknown);
  return {};
}

}  // namespace

Result<Recipient> Recipients::ensure(const std::string& identity, std::int64_t user,
                                     const std::string& email) {
  const auto find = [&identity](SqlConnection& connection) {
    return read_recipients(connection, "WHERE identity = $1", {std::string_view(identity)});
  };
  FIT_TRY(auto known, database_.read(find));
  if (!known.empty()) return std::move(known.front());
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<Recipient> {
    FIT_CHECK(connection.execute(
        "INSERT INTO alert_recipients (identity, user_id, email, pause_reason, webhook_secret, created_at) "
        "VALUES ($1, $2, $3, '', $4, $5) ON CONFLICT (identity) DO NOTHING",
        {std::string_view(identity), user == 0 ? sql::SqlValue() : sql::SqlValue(user),
         std::string_view(email), std::string_view(notify::make_webhook_secret()), ticks(now())}));
    FIT_TRY(auto made, find(connection));
    if (made.empty()) return no_such_recipient();
    return std::move(made.front());
  });
}

Result<Recipient> Recipients::of_user(std::int64_t user, const std::string& email) {
  return ensure(user_identity(user), user, email);
}

Result<Recipient> Recipients::of_address(const std::string& email, const std::string& owner) {
  const std::string identity = "mail:" + email + " " + owner;
  FIT_TRY(const auto others, database_.read([&email](SqlConnection& connection) {
    return read_recipients(connection, "WHERE email = $1 AND email <> ''", {std::string_view(email)});
  }));
  if (others.size() >= kMaxOfAddress) {
    FIT_TRY(const auto known, database_.read([&identity](SqlConnection& connection) {
      return read_recipients(connection, "WHERE identity = $1", {std::string_view(identity)});
    }));
    if (!known.empty()) return known.front();
    return Error{ErrorCode::kConflict, "the address has been given too often", "email", {}};
  }
  FIT_TRY(Recipient recipient, ensure(identity, 0, email));
  const bool has_ended = std::ranges::contains(others, kUnsubscribed, &Recipient::pause_reason);
  if (!has_ended || recipient.confirmed_at || recipient.paused_at) return recipient;
  FIT_CHECK(pause(recipient.id, std::string(kUnsubscribed)));
  return get(recipient.id);
}

Result<Recipient> Recipients::of_principal(const std::string& principal) {
  return ensure("caller:" + principal, 0, "");
}

Result<std::optional<Recipient>> Recipients::find_user(std::int64_t user) {
  FIT_TRY(auto found, database_.read([&](SqlConnection& connection) {
    return read_recipients(connection, "WHERE identity = $1", {std::string_view(user_identity(user))});
  }));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<Recipient> Recipients::get(RecipientId id) {
  FIT_TRY(auto found, database_.read([&](SqlConnection& connection) {
    return read_recipients(connection, "WHERE id = $1", {id.value});
  }));
  if (found.empty()) return no_such_recipient();
  return std::move(found.front());
}

Result<std::vector<Recipient>> Recipients::users() {
  return database_.read(
      [](SqlConnection& connection) { return read_recipients(connection, "WHERE user_id IS NOT NULL", {}); });
}

Result<Recipient> Recipients::confirm(RecipientId id) {
  FIT_CHECK(database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t changed,
            connection.execute("UPDATE alert_recipients SET confirmed_at = $1, paused_at = NULL, "
                               "pause_reason = '' WHERE id = $2",
                               {ticks(now()), id.value}));
    if (changed == 0) return no_such_recipient();
    return {};
  }));
  return get(id);
}

Result<void> Recipients::pause(RecipientId id, const std::string& reason) {
  return database_.write(Ordering::kUnordered,
                         [&](SqlConnection& connection) { return pause_one(connection, id, reason); });
}

Result<std::vector<RecipientId>> Recipients::pause_address(RecipientId id, const std::string& reason) {
  return database_.write(
      Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::vector<RecipientId>> {
        FIT_TRY(const auto all,
                read_recipients(connection,
                                "WHERE id = $1 OR (email <> '' AND email = (SELECT email FROM "
                                "alert_recipients WHERE id = $1))",
                                {id.value}));
        if (all.empty()) return no_such_recipient();
        std::vector<RecipientId> ids;
        for (const Recipient& one : all) {
          ids.push_back(one.id);
          if (one.paused_at && one.id != id) continue;
          FIT_CHECK(pause_one(connection, one.id, reason));
        }
        return ids;
      });
}

Result<void> Recipients::remove(RecipientId id) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("UPDATE alert_matcher SET revision = revision + 1 WHERE id = 1", {}));
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM alert_recipients WHERE id = $1", {id.value}));
    if (removed == 0) return no_such_recipient();
    return {};
  });
}

Result<PushSubscription> Recipients::add_browser(RecipientId id, const notify::PushTarget& target) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<PushSubscription> {
    FIT_CHECK(check_place(connection, id, target.endpoint));
    FIT_CHECK(connection.execute("DELETE FROM push_subscriptions WHERE endpoint = $1",
                                 {std::string_view(target.endpoint)}));
    PushSubscription added{target};
    added.created_at = now();
    FIT_CHECK(
        connection.query("INSERT INTO push_subscriptions (recipient_id, endpoint, p256dh, auth, created_at) "
                         "VALUES ($1, $2, $3, $4, $5) RETURNING id",
                         {id.value, std::string_view(target.endpoint), std::string_view(target.keys.p256dh),
                          std::string_view(target.keys.auth), ticks(added.created_at)},
                         [&added](const SqlRow& row) { added.id = row.integer(0); }));
    return added;
  });
}

Result<std::vector<PushSubscription>> Recipients::browsers(RecipientId id) {
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<PushSubscription>> {
    std::vector<PushSubscription> found;
    FIT_CHECK(connection.query(
        "SELECT id, endpoint, p256dh, auth, created_at FROM push_subscriptions WHERE recipient_id = $1 AND "
        "p256dh <> '' ORDER BY id",
        {id.value}, [&found](const SqlRow& row) {
          PushSubscription one{
              {.endpoint = std::string(row.text(1)),
               .keys = {.p256dh = std::string(row.text(2)), .auth = std::string(row.text(3))}}};
          one.id = row.integer(0);
          one.created_at = sql::time_at(row, 4);
          found.push_back(std::move(one));
        }));
    return found;
  });
}

Result<void> Recipients::remove_browser(RecipientId id, std::int64_t browser) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return remove_place(connection, id, browser, "p256dh <> ''", "there is no such browser");
  });
}

Result<PushDevice> Recipients::add_device(RecipientId id, const std::string& token) {
  const std::string endpoint = std::string(kDeviceScheme) + token;
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<PushDevice> {
    FIT_CHECK(check_place(connection, id, endpoint));
    PushDevice added{.token = token};
    FIT_CHECK(
        connection.query("INSERT INTO push_subscriptions (recipient_id, endpoint, p256dh, auth, created_at) "
                         "VALUES ($1, $2, '', "
                         "'', $3) ON CONFLICT (endpoint) DO UPDATE SET recipient_id = excluded.recipient_id "
                         "RETURNING id, created_at",
                         {id.value, std::string_view(endpoint), ticks(now())}, [&added](const SqlRow& row) {
                           added.id = row.integer(0);
                           added.created_at = sql::time_at(row, 1);
                         }));
    return added;
  });
}

Result<std::vector<PushDevice>> Recipients::devices(RecipientId id) {
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<PushDevice>> {
    std::vector<PushDevice> found;
    FIT_CHECK(
        connection.query("SELECT id, endpoint, created_at FROM push_subscriptions WHERE recipient_id = $1 "
                         "AND p256dh = '' ORDER "
                         "BY id",
                         {id.value}, [&found](const SqlRow& row) {
                           found.push_back({.id = row.integer(0),
                                            .token = std::string(row.text(1).substr(kDeviceScheme.size())),
                                            .created_at = sql::time_at(row, 2)});
                         }));
    return found;
  });
}

Result<void> Recipients::remove_device(RecipientId id, std::int64_t device) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return remove_place(connection, id, device, "p256dh = ''", "there is no such device");
  });
}

Result<std::optional<Timestamp>> Recipients::take_turn(RecipientId id, const std::string& channel,
                                                       std::size_t limit, Timestamp time) {
  return count_message(id, channel, "$1", limit, time);
}

Result<std::optional<Timestamp>> Recipients::take_confirmation_turn(RecipientId id, std::size_t limit,
                                                                    Timestamp time) {
  return count_message(id, "confirmation",
                       "SELECT o.id FROM alert_recipients o JOIN alert_recipients r ON r.email = o.email "
                       "WHERE r.id = $1 AND o.email <> ''",
                       limit, time);
}

Result<std::optional<Timestamp>> Recipients::count_message(RecipientId id, const std::string& channel,
                                                           std::string_view whose, std::size_t limit,
                                                           Timestamp time) {
  constexpr std::chrono::hours kWindow{1};
  return database_.write(
      Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::optional<Timestamp>> {
        FIT_CHECK(connection.execute(
            "DELETE FROM sent_messages WHERE recipient_id = $1 AND channel = $2 AND sent_at <= $3",
            {id.value, std::string_view(channel), ticks(time - kWindow)}));
        std::int64_t count = 0;
        std::optional<Timestamp> oldest;
        FIT_CHECK(connection.query(
            fit::format("SELECT COUNT(*), MIN(sent_at) FROM sent_messages WHERE recipient_id IN ({}) AND "
                        "channel = $2 AND sent_at > $3",
                        whose),
            {id.value, std::string_view(channel), ticks(time - kWindow)}, [&](const SqlRow& row) {
              count = row.integer(0);
              oldest = sql::optional_time_at(row, 1);
            }));
        if (count >= static_cast<std::int64_t>(limit)) {
          return std::optional(std::min(oldest.value_or(time), time) + kWindow);
        }
        FIT_CHECK(connection.execute(
            "INSERT INTO sent_messages (recipient_id, channel, sent_at) VALUES ($1, $2, $3)",
            {id.value, std::string_view(channel), ticks(time)}));
        return std::optional<Timestamp>();
      });
}

}  // namespace fit::alerts
