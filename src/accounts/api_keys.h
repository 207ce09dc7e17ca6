#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/scopes.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// What the creator of a key decides.
struct KeyOptions {
  std::string tenant = "default";
  std::string name;  // 1 to 100 characters, for people
  Scopes scopes;     // at least one
  // A filter as JSON; items that do not satisfy it do not exist for the key, which may then only read. Empty:
  // none.
  std::string filters;
  std::string rate_limit;  // as RateLimit::parse() reads it; empty: that of the settings
  std::optional<Timestamp> expires_at;
};

// An API key without its secret.
struct ApiKey {
  std::int64_t id = 0;
  KeyOptions options;
  std::string prefix;      // the beginning of its latest secret
  std::string created_by;  // the id of a principal
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;  // to within some seconds
  std::optional<Timestamp> revoked_at;

  bool is_valid_at(Timestamp time) const {
    return !revoked_at && (!options.expires_at || time < *options.expires_at);
  }
};

// A key with the secret that is shown once.
struct IssuedKey {
  ApiKey key;
  std::string secret;
};

// A key that was found by one of its secrets.
struct FoundKey {
  ApiKey key;
  std::string secret_hash;                     // signs search tokens
  std::optional<Timestamp> secret_expires_at;  // set while the key is being rotated

  bool is_valid_at(Timestamp time) const {
    return key.is_valid_at(time) && (!secret_expires_at || time < *secret_expires_at);
  }
};

// The API keys of all tenants. Thread-safe; calls block. Errors besides those named: as for sql::Database.
class ApiKeys {
 public:
  explicit ApiKeys(sql::Database& database) : database_(database) {}

  // kInvalid naming "name", "scopes", "rate_limit" or "expires_at".
  Result<IssuedKey> create(const KeyOptions& options, const std::string& created_by);

  // All keys by id, revoked and expired ones too.
  Result<std::vector<ApiKey>> list();

  // kNotFound.
  Result<ApiKey> get(std::int64_t id);

  // From then on no secret of the key is valid. Returns the key, which may have been revoked before.
  // kNotFound.
  Result<ApiKey> revoke(std::int64_t id);

  // Gives the key a new secret. Its other secrets end after `overlap`. kNotFound; kConflict for a key that is
  // revoked or has expired.
  Result<IssuedKey> rotate(std::int64_t id, std::chrono::seconds overlap);

  // Finds the key of a secret by its hash, or by its prefix; nullopt when there is none. The caller checks
  // FoundKey::is_valid_at().
  Result<std::optional<FoundKey>> find_by_hash(std::string_view secret_hash);
  Result<std::optional<FoundKey>> find_by_prefix(std::string_view prefix);

  // Stores when keys were used last. Later times win.
  struct Use {
    std::int64_t key_id = 0;
    Timestamp at;
  };
  Result<void> note_uses(std::span<const Use> uses);

 private:
  Result<std::optional<FoundKey>> find(std::string_view condition, std::string_view value);

  sql::Database& database_;
};

}  // namespace fit::accounts
