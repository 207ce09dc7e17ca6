#pragma once

#include <cstdint>
#include <string>

#include "accounts/access_version.h"
#include "accounts/api_keys.h"
#include "accounts/audit_log.h"
#include "accounts/favourites.h"
#include "accounts/identities.h"
#include "accounts/one_time_links.h"
#include "accounts/revoked_tokens.h"
#include "accounts/search_history.h"
#include "accounts/sessions.h"
#include "accounts/tenants.h"
#include "accounts/users.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::accounts {

// Who may use the catalogue, what they did and what belongs to them: the tables of keys, users, sessions,
// favourites, the search history and the audit log in the catalogue's database, whose connections the parts
// share. Writes are unordered. Thread-safe; calls block. Borrows the database.
class Accounts {
 public:
  explicit Accounts(sql::Database& database, const SessionLimits& limits = {})
      : database_(database),
        keys_(database),
        users_(database),
        tenants_(database),
        sessions_(database, limits),
        links_(database),
        identities_(database),
        history_(database),
        favourites_(database),
        revoked_tokens_(database),
        audit_(database) {}
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  ApiKeys& keys() { return keys_; }
  Users& users() { return users_; }
  Tenants& tenants() { return tenants_; }
  Sessions& sessions() { return sessions_; }
  OneTimeLinks& links() { return links_; }
  Identities& identities() { return identities_; }
  SearchHistory& history() { return history_; }
  Favourites& favourites() { return favourites_; }
  RevokedTokens& revoked_tokens() { return revoked_tokens_; }
  AuditLog& audit() { return audit_; }

  // The access_version() of the database.
  Result<std::int64_t> version() { return database_.read_without_transaction(access_version); }

  // A link by which a user sets their password.
  struct Link {
    LinkPurpose purpose = LinkPurpose::kInvitation;
    std::string token;
  };
  // An invitation while the user has no password, otherwise a link for another one. kConflict for a disabled
  // user.
  Result<Link> make_link(const User& user);

  // Stores the password that the holder of a link has chosen, uses up the link and the user's others, and
  // ends the sessions of the user. A set-up link creates `owner` while there is no user; for other links the
  // name of `owner` is the user's new name unless it is empty. kNotFound for a link that works no more.
  Result<User> use_link(const std::string& token, const OneTimeLink& link, const NewUser& owner,
                        const std::string& password_hash);

 private:
  sql::Database& database_;
  ApiKeys keys_;
  Users users_;
  Tenants tenants_;
  Sessions sessions_;
  OneTimeLinks links_;
  Identities identities_;
  SearchHistory history_;
  Favourites favourites_;
  RevokedTokens revoked_tokens_;
  AuditLog audit_;
};

}  // namespace fit::accounts
