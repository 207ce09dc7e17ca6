#include "accounts/api_keys.h"

#include "accounts/access_version.h"
#include "accounts/key_secret.h"
#include "accounts/sql_times.h"
#include "base/rate_limit.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxKeyNameBytes = 400;

// A key with filters sees a part of the catalogue, so that it may only read.
constexpr Scopes kScopesWithFilters{Scope::kSearch, Scope::kItemsRead};

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

sql::SqlValue nullable_ticks(const std::optional<Timestamp>& time) {
  return time ? sql::SqlValue(ticks(*time)) : sql::SqlValue();
}

// The columns that key_of() reads.
constexpr std::string_view kSelectKeys =
    "SELECT k.id, k.tenant, k.name, k.scopes, k.filters, k.rate_limit, k.created_by, k.created_at, "
    "k.expires_at, "
    "k.last_used_at, k.revoked_at, s.prefix, s.hash, s.expires_at "
    "FROM api_keys k JOIN api_key_secrets s ON s.key_id = k.id ";
// Of several secrets of a key the latest stands for it: the one that does not end.
constexpr std::string_view kLatestSecret = "s.expires_at IS NULL ";

FoundKey found_key(const SqlRow& row) {
  FoundKey found;
  found.key.id = row.integer(0);
  found.key.options = {.tenant = std::string(row.text(1)),
                       .name = std::string(row.text(2)),
                       .scopes = Scopes::from_text(row.text(3)),
                       .filters = std::string(row.text(4)),
                       .rate_limit = std::string(row.text(5)),
                       .expires_at = optional_time_at(row, 8)};
  found.key.created_by = row.text(6);
  found.key.created_at = time_at(row, 7);
  found.key.last_used_at = optional_time_at(row, 9);
  found.key.revoked_at = optional_time_at(row, 10);
  found.key.prefix = row.text(11);
  found.secret_hash = row.text(12);
  found.secret_expires_at = optional_time_at(row, 13);
  return found;
}

Result<ApiKey> read_key(SqlConnection& connection, std::int64_t id) {
  std::optional<ApiKey> key;
  FIT_CHECK(connection.query(std::string(kSelectKeys) + "WHERE k.id = $1 AND " + std::string(kLatestSecret),
                             {id}, [&key](const SqlRow& row) { key = found_key(row).key; }));
  if (!key) return not_found("there is no such key");
  return *std::move(key);
}

Result<std::string> add_secret(SqlConnection& connection, std::int64_t key, Timestamp time) {
  std::string secret = make_key_secret();
  FIT_CHECK(
      connection.execute("INSERT INTO api_key_secrets (hash, key_id, prefix, created_at, expires_at) VALUES "
                         "($1, $2, $3, $4, NULL)",
                         {std::string_view(hash_of(secret)), key, prefix_of(secret), ticks(time)}));
  return secret;
}

Result<void> check(const KeyOptions& options) {
  const std::string_view name = trim(options.name);
  if (name.empty()) return invalid("name", "is missing: it tells people what the key is for");
  if (name.size() > kMaxKeyNameBytes || !is_utf8(name) || name.contains('\0')) {
    return invalid("name", "must be a text of at most 400 bytes");
  }
  if (options.scopes.empty()) return invalid("scopes", "is empty");
  if (!options.filters.empty() && !kScopesWithFilters.contains_all(options.scopes)) {
    return invalid("scopes", "may be search and items:read only where the key has filters");
  }
  if (!options.rate_limit.empty()) FIT_CHECK(RateLimit::parse("rate_limit", options.rate_limit));
  if (options.expires_at && *options.expires_at <= now()) return invalid("expires_at", "is in the past");
  return {};
}

}  // namespace

Result<IssuedKey> ApiKeys::create(const KeyOptions& options, const std::string& created_by) {
  FIT_CHECK(check(options));
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<IssuedKey> {
    const Timestamp time = now();
    std::optional<std::int64_t> id;
    FIT_CHECK(connection.query(
        "INSERT INTO api_keys (tenant, name, scopes, filters, rate_limit, created_by, created_at, "
        "expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        {std::string_view(options.tenant), trim(options.name), std::string_view(options.scopes.text()),
         std::string_view(options.filters), std::string_view(options.rate_limit),
         std::string_view(created_by), ticks(time), nullable_ticks(options.expires_at)},
        [&id](const SqlRow& row) { id = row.integer(0); }));
    FIT_TRY(std::string secret, add_secret(connection, id.value_or(0), time));
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(ApiKey key, read_key(connection, id.value_or(0)));
    return IssuedKey{std::move(key), std::move(secret)};
  });
}

Result<std::vector<ApiKey>> ApiKeys::list() {
  return database_.read([](SqlConnection& connection) -> Result<std::vector<ApiKey>> {
    std::vector<ApiKey> keys;
    FIT_CHECK(
        connection.query(std::string(kSelectKeys) + "WHERE " + std::string(kLatestSecret) + "ORDER BY k.id",
                         {}, [&keys](const SqlRow& row) { keys.push_back(found_key(row).key); }));
    return keys;
  });
}

Result<ApiKey> ApiKeys::get(std::int64_t id) {
  return database_.read([id](SqlConnection& connection) { return read_key(connection, id); });
}

Result<ApiKey> ApiKeys::revoke(std::int64_t id) {
  return database_.write(Ordering::kUnordered, [id](SqlConnection& connection) -> Result<ApiKey> {
    FIT_CHECK(connection.execute("UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
                                 {ticks(now()), id}));
    FIT_CHECK(count_access_change(connection));
    return read_key(connection, id);
  });
}

Result<IssuedKey> ApiKeys::rotate(std::int64_t id, std::chrono::seconds overlap) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<IssuedKey> {
    const Timestamp time = now();
    FIT_TRY(const ApiKey key, read_key(connection, id));
    if (!key.is_valid_at(time))
      return Error{ErrorCode::kConflict, "the key is revoked or has expired", {}, {}};
    // A secret of an earlier rotation may end sooner.
    const std::int64_t end = ticks(time + overlap);
    FIT_CHECK(
        connection.execute("UPDATE api_key_secrets SET expires_at = $1 WHERE key_id = $2 AND (expires_at IS "
                           "NULL OR expires_at > $1)",
                           {end, id}));
    FIT_TRY(std::string secret, add_secret(connection, id, time));
    FIT_CHECK(connection.execute("DELETE FROM api_key_secrets WHERE key_id = $1 AND expires_at <= $2",
                                 {id, ticks(time)}));
    FIT_CHECK(count_access_change(connection));
    FIT_TRY(ApiKey rotated, read_key(connection, id));
    return IssuedKey{std::move(rotated), std::move(secret)};
  });
}

Result<std::optional<FoundKey>> ApiKeys::find(std::string_view condition, std::string_view value) {
  return database_.read([&](SqlConnection& connection) -> Result<std::optional<FoundKey>> {
    std::optional<FoundKey> found;
    FIT_CHECK(connection.query(std::string(kSelectKeys) + std::string(condition), {value},
                               [&found](const SqlRow& row) { found = found_key(row); }));
    return found;
  });
}

Result<std::optional<FoundKey>> ApiKeys::find_by_hash(std::string_view secret_hash) {
  return find("WHERE s.hash = $1", secret_hash);
}

Result<std::optional<FoundKey>> ApiKeys::find_by_prefix(std::string_view prefix) {
  return find("WHERE s.prefix = $1", prefix);
}

Result<void> ApiKeys::note_uses(std::span<const Use> uses) {
  if (uses.empty()) return {};
  return database_.write(Ordering::kUnordered, [uses](SqlConnection& connection) -> Result<void> {
    for (const Use& use : uses) {
      FIT_CHECK(
          connection.execute("UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL "
                             "OR last_used_at < $1)",
                             {ticks(use.at), use.key_id}));
    }
    return {};
  });
}

}  // namespace fit::accounts
