#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/users.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// How long sessions live.
struct SessionLimits {
  std::chrono::hours idle{14 * 24};      // after the last use
  std::chrono::hours lifetime{90 * 24};  // after the sign-in
};

// Where somebody signed in.
struct SessionClient {
  std::string address = {};  // of the network
  std::string agent = {};    // what the browser says about itself; cut to 300 bytes
};

// A session without its token.
struct Session {
  std::int64_t id = 0;
  std::int64_t user_id = 0;
  SessionClient client;
  Timestamp created_at;
  Timestamp last_used_at;  // to within some seconds
  Timestamp ends_at;       // when it is not used again
};

// A session with the token that its holder sends.
struct IssuedSession {
  Session session;
  std::string token;
};

// A session with its user.
struct FoundSession {
  Session session;
  User user;
};

// The sessions of signed-in users. Sessions that have ended are not found. Thread-safe; calls block. Errors
// besides those named: as for sql::Database.
class Sessions {
 public:
  Sessions(sql::Database& database, const SessionLimits& limits) : database_(database), limits_(limits) {}

  const SessionLimits& limits() const { return limits_; }

  // Begins a session, and removes those that have ended by themselves.
  Result<IssuedSession> begin(std::int64_t user, const SessionClient& client);

  // Finds a session by the hash_of() its token; nullopt when there is none, or its user is disabled.
  Result<std::optional<FoundSession>> find(std::string_view token_hash);

  // The sessions of a user, the latest first.
  Result<std::vector<Session>> list(std::int64_t user);

  // Ends a session of the user. kNotFound.
  Result<void> end(std::int64_t user, std::int64_t session);
  // Ends the session of a token, if there is one.
  Result<void> end(std::string_view token_hash);

  // Stores when sessions were used last. Later times win.
  struct Use {
    std::int64_t session = 0;
    Timestamp at;
  };
  Result<void> note_uses(std::span<const Use> uses);

 private:
  sql::Database& database_;
  const SessionLimits limits_;
};

}  // namespace fit::accounts
