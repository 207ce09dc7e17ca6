#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/roles.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// Returns the address in the form in which addresses are stored and compared: trimmed, ASCII letters in lower
// case. kInvalid naming `field` for a text that is no e-mail address, or longer than 254 bytes.
Result<std::string> parse_email(const std::string& field, std::string_view text);

// What whoever invites a user decides.
struct NewUser {
  std::string email = {};
  std::string name = {};  // for people; may be empty
  Role role = Role::kViewer;
};

// A user without secrets.
struct User {
  std::int64_t id = 0;
  std::string email;
  std::string name;
  Role role = Role::kViewer;
  bool has_password = false;  // false until the invitation is accepted
  bool has_totp = false;
  bool keeps_history = true;  // of what they search for
  Timestamp created_at;
  std::optional<Timestamp> last_seen_at;  // to within some seconds
  std::optional<Timestamp> disabled_at;

  bool is_enabled() const { return !disabled_at; }
};

// A user with the secrets that a sign-in is checked against.
struct UserSecrets {
  User user;
  std::string password_hash;            // empty: none yet
  std::string totp_secret;              // in base 32; empty: none
  std::string unconfirmed_totp_secret;  // of one-time codes that are being set up; empty: none
};

// The changes of a user; absent members stay.
struct UserChange {
  std::optional<std::string> name = {};
  std::optional<Role> role = {};
  std::optional<bool> is_disabled = {};
  std::optional<bool> keeps_history = {};
};

// The users. There is always an enabled owner once there was one: a call that would take the last one fails
// with kConflict. Thread-safe; calls block. Errors besides those named: as for sql::Database.
class Users {
 public:
  explicit Users(sql::Database& database) : database_(database) {}

  // kInvalid naming "email" or "name"; kConflict for an address that is taken.
  Result<User> create(const NewUser& user);

  // All users by id.
  Result<std::vector<User>> list();

  Result<bool> is_empty();

  // kNotFound.
  Result<User> get(std::int64_t id);
  // By address, in any case; nullopt when there is none, also for a text that is no address.
  Result<std::optional<UserSecrets>> find(std::string_view text);
  // kNotFound.
  Result<UserSecrets> secrets(std::int64_t id);

  // Disabling a user ends their sessions and links. kNotFound, kConflict, kInvalid naming "name".
  Result<User> change(std::int64_t id, const UserChange& change);

  // Removes the user with all that belongs to them. kNotFound, kConflict.
  Result<void> remove(std::int64_t id);

  // Stores a password's hash. Every session of the user ends except `kept_session`; 0 keeps none. kNotFound.
  Result<void> set_password(std::int64_t id, std::string_view password_hash, std::int64_t kept_session);
  // Stores another hash of the same password, unless the password was changed meanwhile.
  Result<void> replace_hash(std::int64_t id, std::string_view old_hash, std::string_view new_hash);

  // Stores the secret of one-time codes that are being set up; they are not asked for yet. kNotFound;
  // kConflict when the user has one-time codes.
  Result<void> begin_totp(std::int64_t id, std::string_view secret);
  // Stores the secret of one-time codes and the hashes of recovery codes; an empty secret ends both. Every
  // session of the user ends except `kept_session`. kNotFound.
  Result<void> set_totp(std::int64_t id, std::string_view secret,
                        std::span<const std::string> recovery_hashes, std::int64_t kept_session);

  // Uses up a one-time code by its time step. Returns false when this step or a later one was used before.
  Result<bool> use_totp_step(std::int64_t id, std::int64_t step);
  // Uses up a recovery code by its hash. Returns false when there is no such code.
  Result<bool> use_recovery_code(std::int64_t id, std::string_view hash);

 private:
  sql::Database& database_;
};

// For write transactions that do more. Errors and effects as for the members of Users. Changes of rights come
// after count_access_change().
Result<User> create_user(sql::SqlConnection& connection, const NewUser& user);
Result<void> store_name(sql::SqlConnection& connection, std::int64_t id, std::string_view text);
Result<void> store_role(sql::SqlConnection& connection, std::int64_t id, Role role);
Result<void> store_password(sql::SqlConnection& connection, std::int64_t id, std::string_view password_hash,
                            std::int64_t kept_session);

// The user of an address as parse_email() returns it; nullopt when there is none.
Result<std::optional<User>> find_user(sql::SqlConnection& connection, std::string_view email);

// The columns of a user that read_user() reads, of the table "u".
inline constexpr std::string_view kUserColumns =
    "u.id, u.email, u.name, u.role, u.password_hash, u.totp_secret, u.created_at, u.last_seen_at, "
    "u.disabled_at, u.keeps_history";
inline constexpr int kUserColumnCount = 10;

// Reads the columns from the first one.
UserSecrets read_user(const sql::SqlRow& row, int first = 0);

}  // namespace fit::accounts
