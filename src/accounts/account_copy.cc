#include "accounts/account_copy.h"

#include <array>
#include <string_view>

#include "accounts/access_version.h"
#include "base/format.h"
#include "sql/table_copy.h"

namespace fit::accounts {
namespace {

using sql::CopiedTable;
using sql::Ordering;
using sql::SqlConnection;

constexpr std::array<std::string_view, 6> kKeyTexts = {"tenant",  "name",       "scopes",
                                                       "filters", "rate_limit", "created_by"};
constexpr std::array<std::string_view, 5> kKeyIntegers = {"id", "created_at", "expires_at", "last_used_at",
                                                          "revoked_at"};
constexpr std::array<std::string_view, 2> kSecretTexts = {"hash", "prefix"};
constexpr std::array<std::string_view, 3> kSecretIntegers = {"key_id", "created_at", "expires_at"};
constexpr std::array<std::string_view, 1> kTokenTexts = {"jti"};
constexpr std::array<std::string_view, 2> kTokenIntegers = {"key_id", "expires_at"};
constexpr std::array<std::string_view, 5> kUserTexts = {"email", "name", "role", "password_hash",
                                                        "totp_secret"};
constexpr std::array<std::string_view, 6> kUserIntegers = {"id",         "totp_last_step", "keeps_history",
                                                           "created_at", "last_seen_at",   "disabled_at"};
constexpr std::array<std::string_view, 1> kCodeTexts = {"hash"};
constexpr std::array<std::string_view, 1> kCodeIntegers = {"user_id"};
constexpr std::array<std::string_view, 2> kLinkTexts = {"hash", "purpose"};
constexpr std::array<std::string_view, 3> kLinkIntegers = {"user_id", "created_at", "expires_at"};
constexpr std::array<std::string_view, 3> kTenantTexts = {"name", "state", "settings"};
constexpr std::array<std::string_view, 5> kTenantIntegers = {"id", "created_at", "max_items", "max_bytes",
                                                             "max_requests_per_day"};
constexpr std::array<std::string_view, 2> kUserTenantTexts = {"tenant", "role"};
constexpr std::array<std::string_view, 1> kUserTenantIntegers = {"user_id"};
constexpr std::array<std::string_view, 3> kIdentityTexts = {"issuer", "subject", "email"};
constexpr std::array<std::string_view, 3> kIdentityIntegers = {"user_id", "created_at", "last_used_at"};
constexpr std::array<std::string_view, 2> kHistoryTexts = {"tenant", "query"};
constexpr std::array<std::string_view, 3> kHistoryIntegers = {"id", "user_id", "at"};
constexpr std::array<std::string_view, 2> kListTexts = {"tenant", "name"};
constexpr std::array<std::string_view, 3> kListIntegers = {"id", "user_id", "created_at"};
constexpr std::array<std::string_view, 3> kFavouriteIntegers = {"list_id", "item_id", "added_at"};
constexpr std::array<std::string_view, 7> kAuditTexts = {"principal", "address", "action", "target",
                                                         "outcome",   "detail",  "tenant"};
constexpr std::array<std::string_view, 2> kAuditIntegers = {"id", "at"};

// In an order in which each row comes after those that it refers to.
constexpr auto kTables = std::to_array<CopiedTable>({{"api_keys", kKeyIntegers, kKeyTexts},
                                                     {"api_key_secrets", kSecretIntegers, kSecretTexts},
                                                     {"revoked_tokens", kTokenIntegers, kTokenTexts},
                                                     {"users", kUserIntegers, kUserTexts},
                                                     {"recovery_codes", kCodeIntegers, kCodeTexts},
                                                     {"one_time_links", kLinkIntegers, kLinkTexts},
                                                     {"tenants", kTenantIntegers, kTenantTexts},
                                                     {"user_tenants", kUserTenantIntegers, kUserTenantTexts},
                                                     {"identities", kIdentityIntegers, kIdentityTexts},
                                                     {"search_history", kHistoryIntegers, kHistoryTexts},
                                                     {"favourite_lists", kListIntegers, kListTexts},
                                                     {"favourites", kFavouriteIntegers, {}}});
constexpr CopiedTable kAudit = {"audit", kAuditIntegers, kAuditTexts};
constexpr auto kNumbered = std::to_array<std::string_view>(
    {"api_keys", "users", "tenants", "search_history", "favourite_lists", "audit"});
constexpr std::int64_t kBatch = 1000;  // audit entries of a transaction

Result<void> replace_accounts(SqlConnection& from, SqlConnection& to) {
  for (const std::string_view table : {"api_keys", "one_time_links", "users", "tenants"}) {
    FIT_CHECK(to.execute(fit::format("DELETE FROM {}", table), {}));  // with the rows that refer to it
  }
  for (const CopiedTable& table : kTables) FIT_CHECK(copy_table_rows(from, to, table));
  return count_access_change(to);
}

// Adds entries of the audit log. Returns whether there are more.
Result<bool> copy_audit(SqlConnection& from, SqlConnection& to) {
  FIT_TRY(const auto last, to.query_integer("SELECT COALESCE(MAX(id), 0) FROM audit", {}));
  const std::array<sql::SqlValue, 2> values = {last.value_or(0), kBatch};
  FIT_TRY(const std::int64_t rows,
          copy_table_rows(from, to, kAudit, "WHERE id > $1 ORDER BY id LIMIT $2", values));
  return rows == kBatch;
}

Result<void> advance_identities(SqlConnection& connection) {
  for (const std::string_view table : kNumbered) FIT_CHECK(sql::advance_identity(connection, table));
  return {};
}

}  // namespace

Result<AccountCounts> count_accounts(sql::Database& database) {
  return database.read([](SqlConnection& connection) -> Result<AccountCounts> {
    FIT_TRY(const auto keys, connection.query_integer("SELECT COUNT(*) FROM api_keys", {}));
    FIT_TRY(const auto users, connection.query_integer("SELECT COUNT(*) FROM users", {}));
    return AccountCounts{.keys = keys.value_or(0), .users = users.value_or(0)};
  });
}

Result<AccountCounts> copy_accounts(sql::Database& from, sql::Database& to) {
  const auto within_both = [&](const auto& work) {
    return from.read([&](SqlConnection& theirs) {
      return to.write(Ordering::kUnordered, [&](SqlConnection& ours) { return work(theirs, ours); });
    });
  };
  FIT_CHECK(within_both(replace_accounts));
  for (bool has_more = true; has_more;) {
    FIT_TRY(has_more, within_both(copy_audit));
  }
  FIT_CHECK(to.write(Ordering::kUnordered, advance_identities));
  return count_accounts(to);
}

}  // namespace fit::accounts
