#include "accounts/users.h"

#include <algorithm>

#include "accounts/access_version.h"
#include "accounts/one_line.h"
#include "accounts/sql_times.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxEmailBytes = 254;  // RFC 5321, 4.5.3.1.3, without the angle brackets
constexpr std::size_t kMaxUserNameBytes = 400;
// Precedes a secret of one-time codes in the database that is not confirmed.
constexpr std::string_view kUnconfirmed = "?";

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

bool is_address_character(char c) {
  constexpr std::string_view kRefused = "\"(),:;<>@[]\\";
  return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && !kRefused.contains(c);
}

bool is_email(std::string_view text) {
  if (text.empty() || text.size() > kMaxEmailBytes || !is_utf8(text)) return false;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.empty() || domain.empty() || domain.starts_with('.') || domain.ends_with('.')) return false;
  return std::ranges::all_of(local, is_address_character) &&
         std::ranges::all_of(domain, is_address_character);
}

Result<std::string> parse_name(std::string_view text) {
  const std::string_view name = trim(text);
  if (name.size() > kMaxUserNameBytes || !is_one_line(name)) {
    return invalid("name", "must be a text of at most 400 bytes in one line");
  }
  return std::string(name);
}

Error no_such_user() {
  return not_found("there is no such user");
}

Result<std::optional<UserSecrets>> read_by_email(SqlConnection& connection, std::string_view email) {
  std::optional<UserSecrets> found;
  FIT_CHECK(connection.query("SELECT " + std::string(kUserColumns) + " FROM users u WHERE u.email = $1",
                             {email}, [&found](const SqlRow& row) { found = read_user(row); }));
  return found;
}

Result<UserSecrets> read_by_id(SqlConnection& connection, std::int64_t id) {
  std::optional<UserSecrets> found;
  FIT_CHECK(connection.query("SELECT " + std::string(kUserColumns) + " FROM users u WHERE u.id = $1", {id},
                             [&found](const SqlRow& row) { found = read_user(row); }));
  if (!found) return no_such_user();
  return *std::move(found);
}

// Fails unless an enabled owner is left besides the user, if the user is one. Runs after
// count_access_change(), whose row lock makes such changes follow one another.
Result<void> check_other_owner(SqlConnection& connection, const User& user) {
  if (user.role != Role::kOwner || !user.is_enabled()) return {};
  FIT_TRY(const auto others,
          connection.query_integer(
              "SELECT COUNT(*) FROM users WHERE role = $1 AND disabled_at IS NULL AND id <> $2",
              {to_string(Role::kOwner), user.id}));
  if (others.value_or(0) > 0) return {};
  return Error{ErrorCode::kConflict, "the last owner stays: make another user an owner before", {}, {}};
}

Result<void> end_sessions(SqlConnection& connection, std::int64_t user, std::int64_t kept_session) {
  FIT_CHECK(connection.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", {user, kept_session}));
  return {};
}

}  // namespace

Result<std::string> parse_email(const std::string& field, std::string_view text) {
  std::string email = to_lower(trim(text));
  if (!is_email(email)) return invalid(field, "is no e-mail address");
  return email;
}

UserSecrets read_user(const SqlRow& row, int first) {
  UserSecrets found;
  User& user = found.user;
  user.id = row.integer(first);
  user.email = row.text(first + 1);
  user.name = row.text(first + 2);
  user.role = stored_role(row.text(first + 3));
  found.password_hash = row.text(first + 4);
  const std::string_view secret = row.text(first + 5);
  if (secret.starts_with(kUnconfirmed)) {
    found.unconfirmed_totp_secret = secret.substr(kUnconfirmed.size());
  } else {
    found.totp_secret = secret;
  }
  user.has_password = !found.password_hash.empty();
  user.has_totp = !found.totp_secret.empty();
  user.created_at = time_at(row, first + 6);
  user.last_seen_at = optional_time_at(row, first + 7);
  user.disabled_at = optional_time_at(row, first + 8);
  user.keeps_history = row.integer(first + 9) != 0;
  return found;
}

Result<User> create_user(SqlConnection& connection, const NewUser& user) {
  FIT_TRY(const std::string email, parse_email("email", user.email));
  FIT_TRY(const std::string name, parse_name(user.name));
  std::optional<std::int64_t> id;
  FIT_CHECK(
      connection.query("INSERT INTO users (email, name, role, password_hash, totp_secret, totp_last_step, "
                       "keeps_history, created_at) "
                       "VALUES ($1, $2, $3, '', '', 0, 1, $4) ON CONFLICT (email) DO NOTHING RETURNING id",
                       {std::string_view(email), std::string_view(name), to_string(user.role), ticks(now())},
                       [&id](const SqlRow& row) { id = row.integer(0); }));
  if (!id) return Error{ErrorCode::kConflict, "belongs to another user", "email", {}};
  FIT_TRY(UserSecrets created, read_by_id(connection, *id));
  return std::move(created.user);
}

Result<void> store_name(SqlConnection& connection, std::int64_t id, std::string_view text) {
  FIT_TRY(const std::string name, parse_name(text));
  FIT_TRY(const std::int64_t changed,
          connection.execute("UPDATE users SET name = $1 WHERE id = $2", {std::string_view(name), id}));
  if (changed == 0) return no_such_user();
  return {};
}

Result<void> store_role(SqlConnection& connection, std::int64_t id, Role role) {
  FIT_TRY(const UserSecrets before, read_by_id(connection, id));
  if (role != Role::kOwner) FIT_CHECK(check_other_owner(connection, before.user));
  FIT_CHECK(connection.execute("UPDATE users SET role = $1 WHERE id = $2", {to_string(role), id}));
  return {};
}

Result<std::optional<User>> find_user(SqlConnection& connection, std::string_view email) {
  FIT_TRY(auto found, read_by_email(connection, email));
  if (!found) return std::nullopt;
  return std::move(found->user);
}

Result<void> store_password(SqlConnection& connection, std::int64_t id, std::string_view password_hash,
                            std::int64_t kept_session) {
  FIT_CHECK(count_access_change(connection));
  FIT_TRY(const std::int64_t changed,
          connection.execute("UPDATE users SET password_hash = $1 WHERE id = $2", {password_hash, id}));
  if (changed == 0) return no_such_user();
  return end_sessions(connection, id, kept_session);
}

Result<User> Users::create(const NewUser& user) {
  return database_.write(Ordering::kUnordered,
                         [&](SqlConnection& connection) { return create_user(connection, user); });
}

Result<std::vector<User>> Users::list() {
  return database_.read([](SqlConnection& connection) -> Result<std::vector<User>> {
    std::vector<User> users;
    FIT_CHECK(connection.query("SELECT " + std::string(kUserColumns) + " FROM users u ORDER BY u.id", {},
                               [&users](const SqlRow& row) { users.push_back(read_user(row).user); }));
    return users;
  });
}

Result<bool> Users::is_empty() {
  return database_.read([](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const auto id, connection.query_integer("SELECT id FROM users LIMIT 1", {}));
    return !id;
  });
}

Result<User> Users::get(std::int64_t id) {
  FIT_TRY(UserSecrets found, secrets(id));
  return std::move(found.user);
}

Result<std::optional<UserSecrets>> Users::find(std::string_view text) {
  const auto email = parse_email("email", text);
  if (!email) return std::nullopt;
  return database_.read([&](SqlConnection& connection) { return read_by_email(connection, *email); });
}

Result<UserSecrets> Users::secrets(std::int64_t id) {
  return database_.read([id](SqlConnection& connection) { return read_by_id(connection, id); });
}

Result<User> Users::change(std::int64_t id, const UserChange& change) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<User> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(const UserSecrets before, read_by_id(connection, id));
    FIT_TRY(const std::string name, parse_name(change.name.value_or(before.user.name)));
    const Role role = change.role.value_or(before.user.role);
    const bool is_disabled = change.is_disabled.value_or(!before.user.is_enabled());
    if (role != Role::kOwner || is_disabled) FIT_CHECK(check_other_owner(connection, before.user));
    const sql::SqlValue disabled_at =
        is_disabled ? sql::SqlValue(ticks(before.user.disabled_at.value_or(now()))) : sql::SqlValue();
    const std::int64_t keeps_history = change.keeps_history.value_or(before.user.keeps_history) ? 1 : 0;
    FIT_CHECK(connection.execute(
        "UPDATE users SET name = $1, role = $2, disabled_at = $3, keeps_history = $4 WHERE id = $5",
        {std::string_view(name), to_string(role), disabled_at, keeps_history, id}));
    if (is_disabled) {
      FIT_CHECK(end_sessions(connection, id, 0));
      FIT_CHECK(connection.execute("DELETE FROM one_time_links WHERE user_id = $1", {id}));
    }
    FIT_TRY(UserSecrets after, read_by_id(connection, id));
    return std::move(after.user);
  });
}

Result<void> Users::remove(std::int64_t id) {
  return database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(const UserSecrets before, read_by_id(connection, id));
    FIT_CHECK(check_other_owner(connection, before.user));
    FIT_CHECK(connection.execute("DELETE FROM users WHERE id = $1", {id}));
    return {};
  });
}

Result<void> Users::set_password(std::int64_t id, std::string_view password_hash, std::int64_t kept_session) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return store_password(connection, id, password_hash, kept_session);
  });
}

Result<void> Users::replace_hash(std::int64_t id, std::string_view old_hash, std::string_view new_hash) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
                                 {new_hash, id, old_hash}));
    return {};
  });
}

Result<void> Users::begin_totp(std::int64_t id, std::string_view secret) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const UserSecrets before, read_by_id(connection, id));
    if (before.user.has_totp) {
      return Error{ErrorCode::kConflict, "one-time codes are set up already; remove them before", {}, {}};
    }
    const std::string stored = std::string(kUnconfirmed) + std::string(secret);
    FIT_CHECK(connection.execute("UPDATE users SET totp_secret = $1 WHERE id = $2",
                                 {std::string_view(stored), id}));
    return {};
  });
}

Result<void> Users::set_totp(std::int64_t id, std::string_view secret,
                             std::span<const std::string> recovery_hashes, std::int64_t kept_session) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(const std::int64_t changed,
            connection.execute("UPDATE users SET totp_secret = $1 WHERE id = $2", {secret, id}));
    if (changed == 0) return no_such_user();
    FIT_CHECK(connection.execute("DELETE FROM recovery_codes WHERE user_id = $1", {id}));
    for (const std::string& hash : recovery_hashes) {
      FIT_CHECK(connection.execute("INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)",
                                   {id, std::string_view(hash)}));
    }
    return end_sessions(connection, id, kept_session);
  });
}

Result<bool> Users::use_totp_step(std::int64_t id, std::int64_t step) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const std::int64_t changed,
            connection.execute("UPDATE users SET totp_last_step = $1 WHERE id = $2 AND totp_last_step < $1",
                               {step, id}));
    return changed == 1;
  });
}

Result<bool> Users::use_recovery_code(std::int64_t id, std::string_view hash) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2", {id, hash}));
    return removed == 1;
  });
}

}  // namespace fit::accounts
