#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// One act in the audit log. None of its texts contains a secret.
struct AuditEntry {
  std::int64_t id = 0;  // grows with each entry; assigned when it is stored
  Timestamp at;
  std::string tenant = "default";  // in which
  std::string principal;           // who: the id of a principal; empty: anonymous
  std::string address;             // from where: numeric; empty: this machine's command line
  std::string action;              // what: "keys.create"
  std::string target;              // on what: "key:7"
  std::string outcome;             // "done", "refused" or "failed"
  std::string detail;              // a JSON object; empty: none
};

// Which entries are listed.
struct AuditQuery {
  std::string action;       // this one, and those that begin with it and a dot; empty: all
  std::string principal;    // this one; empty: all
  std::string tenant = {};  // this one; empty: all
  Timestamp since = {};     // not before this time
  std::int64_t before = 0;  // entries with smaller ids; 0: all
  std::size_t limit = 100;
};

// Who did what: a table that is only added to, and whose old entries are removed. Thread-safe; calls block.
// Errors as for sql::Database.
class AuditLog {
 public:
  explicit AuditLog(sql::Database& database) : database_(database) {}

  // Stores all entries or none. Texts are cut after 500 bytes;
  // a detail of more than 4,000 bytes is replaced.
  Result<void> append(std::span<const AuditEntry> entries);

  // The latest first.
  Result<std::vector<AuditEntry>> list(const AuditQuery& query);

  // Removes the entries of before that time. Returns their number.
  Result<std::int64_t> prune(Timestamp before);

 private:
  sql::Database& database_;
};

}  // namespace fit::accounts
