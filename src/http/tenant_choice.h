#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "accounts/users.h"
#include "base/result.h"
#include "http/message.h"
#include "http/principal.h"

namespace fit::http {

// The principal of a user, in "default" where the user may enter it; in the other tenant of a user who may
// enter only one. `roles`: those in other tenants (accounts::Tenants::roles_of()).
Principal user_principal(const accounts::User& user, std::map<std::string, accounts::Role> roles);

// What an address of a tenant's image or asset file ends with, so that it names the tenant: "?tenant=shop",
// or nothing for the tenant "default".
std::string tenant_query(std::string_view tenant);

// The caller in the tenant that the request chooses by the header X-Tenant, for images, the files of
// assets, the photos of garments and short links and the pictures of outfits also by the query parameter
// "tenant", as an address in a page has no header. A request that chooses none is in the caller's own tenant.
// kInvalid naming "X-Tenant" for a text that is no name of a tenant, and for two different ones; kForbidden
// for a key of another tenant; kUnauthorized for an anonymous caller in a tenant other than "default";
// kNotFound for a user who may not enter the tenant, whether it exists or not. Whether a tenant exists that
// whoever reaches an open server chooses is left to the source of snapshots. Does not block.
Result<Principal> in_chosen_tenant(Principal caller, const Request& request);

// The caller in each of the tenants that a search names (SearchRequest::tenants), by name. For users these
// are the tenants where they have a role that may search, for whoever reaches an open server all, for keys
// and the anonymous their own. Errors name "tenants": kForbidden for a key of another tenant; kUnauthorized
// for an anonymous caller; kNotFound for a tenant that does not exist, and for one that a user may not
// search, with the same message; kInvalid for "*" where that is more than kMaxSearchedTenants. `all_names`
// lists all tenants; its errors. Blocks where it does.
Result<std::vector<Principal>> in_named_tenants(
    const Principal& caller, const std::vector<std::string>& names,
    const std::function<Result<std::vector<std::string>>()>& all_names);

}  // namespace fit::http
