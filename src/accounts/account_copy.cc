#include "accounts/account_copy.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/access_version.h"
#include "base/format.h"

namespace fit::accounts {
namespace {

using sql::Ordering;
using sql::SqlConnection;

// A table by its columns. Integers may be NULL.
struct Table {
  std::string_view name;
  std::span<const std::string_view> texts;
  std::span<const std::string_view> integers;
};

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
constexpr auto kTables = std::to_array<Table>({{"api_keys", kKeyTexts, kKeyIntegers},
                                               {"api_key_secrets", kSecretTexts, kSecretIntegers},
                                               {"revoked_tokens", kTokenTexts, kTokenIntegers},
                                               {"users", kUserTexts, kUserIntegers},
                                               {"recovery_codes", kCodeTexts, kCodeIntegers},
                                               {"one_time_links", kLinkTexts, kLinkIntegers},
                                               {"tenants", kTenantTexts, kTenantIntegers},
                                               {"user_tenants", kUserTenantTexts, kUserTenantIntegers},
                                               {"identities", kIdentityTexts, kIdentityIntegers},
                                               {"search_history", kHistoryTexts, kHistoryIntegers},
                                               {"favourite_lists", kListTexts, kListIntegers},
                                               {"favourites", {}, kFavouriteIntegers}});
constexpr Table kAudit = {"audit", kAuditTexts, kAuditIntegers};
constexpr auto kNumbered = std::to_array<std::string_view>(
    {"api_keys", "users", "tenants", "search_history", "favourite_lists", "audit"});
constexpr std::int64_t kBatch = 1000;  // audit entries of a transaction

std::string columns_of(const Table& table) {
  std::string columns;
  for (const auto& names : {table.texts, table.integers}) {
    for (const std::string_view name : names)
      columns += fit::format("{}{}", columns.empty() ? "" : ", ", name);
  }
  return columns;
}

std::string insert_into(const Table& table) {
  std::string places;
  for (std::size_t i = 1; i <= table.texts.size() + table.integers.size(); ++i) {
    places += fit::format("{}${}", places.empty() ? "" : ", ", i);
  }
  return fit::format("INSERT INTO {} ({}) VALUES ({})", table.name, columns_of(table), places);
}

// Inserts the rows that `condition` selects from `from`. Returns the number of rows.
Result<std::int64_t> copy_rows(SqlConnection& from, SqlConnection& to, const Table& table,
                               std::string_view condition, std::span<const sql::SqlValue> values) {
  const std::string insert = insert_into(table);
  std::int64_t rows = 0;
  Result<void> copied;
  FIT_CHECK(from.query(fit::format("SELECT {} FROM {} {}", columns_of(table), table.name, condition), values,
                       [&](const sql::SqlRow& row) {
                         if (!copied) return;
                         std::vector<sql::SqlValue> fields;
                         int column = 0;
                         for (std::size_t i = 0; i < table.texts.size(); ++i) {
                           fields.emplace_back(row.text(column++));
                         }
                         for (std::size_t i = 0; i < table.integers.size(); ++i, ++column) {
                           fields.push_back(row.is_null(column) ? sql::SqlValue() : row.integer(column));
                         }
                         const auto inserted = to.execute(insert, fields);
                         if (!inserted) copied = inserted.error();
                         ++rows;
                       }));
  FIT_CHECK(std::move(copied));
  return rows;
}

Result<void> replace_accounts(SqlConnection& from, SqlConnection& to) {
  for (const std::string_view table : {"api_keys", "one_time_links", "users", "tenants"}) {
    FIT_CHECK(to.execute(fit::format("DELETE FROM {}", table), {}));  // with the rows that refer to it
  }
  for (const Table& table : kTables) FIT_CHECK(copy_rows(from, to, table, "", {}));
  return count_access_change(to);
}

// Adds entries of the audit log. Returns whether there are more.
Result<bool> copy_audit(SqlConnection& from, SqlConnection& to) {
  FIT_TRY(const auto last, to.query_integer("SELECT COALESCE(MAX(id), 0) FROM audit", {}));
  const std::array<sql::SqlValue, 2> values = {last.value_or(0), kBatch};
  FIT_TRY(const std::int64_t rows, copy_rows(from, to, kAudit, "WHERE id > $1 ORDER BY id LIMIT $2", values));
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
