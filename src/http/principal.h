#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/roles.h"
#include "accounts/scopes.h"
#include "base/rate_limit.h"
#include "domain/item_filter.h"

namespace fit::http {

// The caller of a request and its rights. A value type.
struct Principal {
  static constexpr std::string_view kLocal = "local";

  // "key:7", "user:3"; "sso:SUBJECT": somebody of the sign-in provider who is no user; "key:7/ann": a search
  // token of key 7 for ann, "key:7/" for nobody in particular;
  // "local": whoever reaches an open server; empty: anonymous.
  std::string id;
  accounts::Scopes scopes;         // in the tenant
  std::string tenant = "default";  // that the request is in (tenant_choice.h)
  // Items that do not satisfy it do not exist for the caller; null: the caller may see all.
  std::shared_ptr<const domain::ItemFilter> required = {};
  std::optional<RateLimit> rate_limit = {};  // nullopt: that of the settings
  std::int64_t key_id = 0;    // of the API key, also where a token that it signed was sent; 0: none
  bool has_token = false;     // a search token was sent, not the key itself
  std::size_t max_limit = 0;  // largest limit of a search; 0: that of the API
  // The members that results and items lack; null: none.
  std::shared_ptr<const std::vector<std::string>> excluded_fields = {};
  std::int64_t user_id = 0;  // of a user; 0: the caller is none
  // The tenants that a user may enter, with the role in each; null: the caller is no user.
  std::shared_ptr<const std::map<std::string, accounts::Role>> roles = {};
  bool keeps_history = false;   // the user's searches are added to their history
  std::int64_t session_id = 0;  // of the session whose cookie a browser sent; 0: there was no cookie

  bool is_anonymous() const { return id.empty(); }
  // Whether the caller is nobody in particular: anonymous, or whoever reaches an open server.
  bool is_anybody() const { return id.empty() || id == kLocal; }

  // The principal of a server that asks nobody who is there.
  static Principal local() { return {.id = std::string(kLocal), .scopes = accounts::Scopes::all_of_keys()}; }
};

}  // namespace fit::http
