#include "accounts/audit_log.h"

#include <limits>

#include "accounts/sql_times.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxTextBytes = 500;
constexpr std::size_t kMaxDetailBytes = 4000;
constexpr std::string_view kTooLong = R"({"detail":"too long"})";  // a detail that is cut would be no JSON

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;

AuditEntry entry_of(const SqlRow& row) {
  return {.id = row.integer(0),
          .at = time_at(row, 1),
          .tenant = std::string(row.text(2)),
          .principal = std::string(row.text(3)),
          .address = std::string(row.text(4)),
          .action = std::string(row.text(5)),
          .target = std::string(row.text(6)),
          .outcome = std::string(row.text(7)),
          .detail = std::string(row.text(8))};
}

// A text that both engines store, although a client may have sent it: PostgreSQL takes valid UTF-8 without
// NUL only.
std::string storable(const std::string& text) {
  std::string stored(utf8_prefix(text, kMaxTextBytes));
  const bool is_valid = is_utf8(stored);
  for (char& byte : stored) {
    if (byte == '\0' || (!is_valid && static_cast<unsigned char>(byte) >= 0x80U)) byte = '?';
  }
  return stored;
}

}  // namespace

Result<void> AuditLog::append(std::span<const AuditEntry> entries) {
  if (entries.empty()) return {};
  return database_.write(Ordering::kUnordered, [entries](SqlConnection& connection) -> Result<void> {
    for (const AuditEntry& entry : entries) {
      const bool is_long = entry.detail.size() > kMaxDetailBytes;
      FIT_CHECK(connection.execute(
          "INSERT INTO audit (at, tenant, principal, address, action, target, outcome, detail) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          {ticks(entry.at), std::string_view(entry.tenant), std::string_view(storable(entry.principal)),
           std::string_view(storable(entry.address)), std::string_view(storable(entry.action)),
           std::string_view(storable(entry.target)), std::string_view(entry.outcome),
           is_long ? kTooLong : std::string_view(entry.detail)}));
    }
    return {};
  });
}

Result<std::vector<AuditEntry>> AuditLog::list(const AuditQuery& query) {
  return database_.read([&query](SqlConnection& connection) -> Result<std::vector<AuditEntry>> {
    std::vector<AuditEntry> entries;
    const std::int64_t before = query.before > 0 ? query.before : std::numeric_limits<std::int64_t>::max();
    const std::string start = query.action + ".";
    FIT_CHECK(connection.query(
        "SELECT id, at, tenant, principal, address, action, target, outcome, detail FROM audit "
        "WHERE id < $1 AND ($2 = '' OR action = $2 OR substr(action, 1, length($3)) = $3) "
        "AND ($4 = '' OR principal = $4) AND ($5 = '' OR tenant = $5) AND at >= $6 "
        "ORDER BY id DESC LIMIT $7",
        {before, std::string_view(query.action), std::string_view(start), std::string_view(query.principal),
         std::string_view(query.tenant), ticks(query.since), sql::sql_limit(query.limit)},
        [&entries](const SqlRow& row) { entries.push_back(entry_of(row)); }));
    return entries;
  });
}

Result<std::int64_t> AuditLog::prune(Timestamp before) {
  return database_.write(Ordering::kUnordered, [before](SqlConnection& connection) {
    return connection.execute("DELETE FROM audit WHERE at < $1", {ticks(before)});
  });
}

}  // namespace fit::accounts
