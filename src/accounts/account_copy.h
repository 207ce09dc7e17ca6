#pragma once

#include <cstdint>

#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// The keys and users in a database.
struct AccountCounts {
  std::int64_t keys = 0;  // revoked ones included
  std::int64_t users = 0;
};

// Counts them. Blocks; errors as for sql::Database.
Result<AccountCounts> count_accounts(sql::Database& database);

// Makes the keys with their secrets and revoked tokens, the users with what belongs to them, the one-time
// links and the list of tenants of `to` those of `from`, with their ids, in one transaction, and adds the
// entries of the audit log that `to` does not have. The catalogues of the tenants are not copied. Ends the
// sessions of `to`; those of `from` are not copied. New keys and users of `to` get larger ids. The databases
// may be of different engines. Blocks; errors as for sql::Database.
Result<AccountCounts> copy_accounts(sql::Database& from, sql::Database& to);

}  // namespace fit::accounts
