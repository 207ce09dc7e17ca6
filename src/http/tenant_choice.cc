#include "http/tenant_choice.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "accounts/tenants.h"
#include "base/format.h"
#include "http/search_request.h"

namespace fit::http {
namespace {

constexpr std::string_view kField = "X-Tenant";
constexpr std::string_view kImages = "/images/";
constexpr std::string_view kAssetPaths = "/api/v1/assets/";
constexpr std::string_view kWardrobePaths = "/api/v1/wardrobe/";
constexpr std::string_view kOutfitPaths = "/api/v1/outfits/";
constexpr std::string_view kLinkPaths = "/s/";
constexpr std::string_view kTenants = "tenants";

// Whether the path is that of a file which a page shows.
bool is_of_file(std::string_view path) {
  if (path.starts_with(kImages)) return true;
  if (path.starts_with(kWardrobePaths)) return path.contains("/photos/");
  if (path.starts_with(kOutfitPaths)) return path.ends_with("/picture");
  if (path.starts_with(kLinkPaths)) return path.ends_with("/photo");
  return path.starts_with(kAssetPaths) &&
         (path.ends_with("/content") || path.ends_with("/thumbnail") || path.contains("/frames/"));
}

// The tenant that a request names; nullopt when it names none.
Result<std::optional<std::string>> named_tenant(const Request& request) {
  std::optional<std::string> named;
  for (const std::string_view value : request.headers.get_all("x-tenant")) {
    if (named && *named != value) return invalid(std::string(kField), "is given twice");
    named = std::string(value);
  }
  if (is_of_file(request.path)) {
    const auto parameter = query_parameter(request.query, "tenant");
    if (parameter && named && *parameter != *named) return invalid(std::string(kField), "is given twice");
    if (parameter) named = parameter;
  }
  if (named) FIT_CHECK(accounts::check_tenant_name(std::string(kField), *named));
  return named;
}

// The tenants that the caller may search.
Result<std::vector<std::string>> searchable_tenants(
    const Principal& caller, const std::function<Result<std::vector<std::string>>()>& all_names) {
  if (caller.id == Principal::kLocal) return all_names();
  if (!caller.roles) return std::vector{caller.tenant};
  std::vector<std::string> names;
  for (const auto& [name, role] : *caller.roles) {
    if (accounts::scopes_of(role).contains(accounts::Scope::kSearch)) names.push_back(name);
  }
  return names;
}

// The error for a tenant that the caller may not search. It does not tell whether the tenant exists.
Error refused(const Principal& caller, const std::string& tenant) {
  const std::string field(kTenants);
  if (caller.is_anonymous()) {
    return {ErrorCode::kUnauthorized, "send an API key of this tenant, or sign in", field, {}};
  }
  if (caller.roles || caller.id == Principal::kLocal) {
    return {ErrorCode::kNotFound, fit::format("there is no tenant \"{}\"", tenant), field, {}};
  }
  return {ErrorCode::kForbidden, fit::format("\"{}\" is not the tenant of this key", tenant), field, {}};
}

void enter(Principal& caller, const std::string& tenant, accounts::Role role) {
  caller.tenant = tenant;
  caller.scopes = accounts::scopes_of(role);
}

}  // namespace

std::string tenant_query(std::string_view tenant) {
  // A tenant's name needs no encoding.
  return tenant == accounts::kDefaultTenant ? std::string() : "?tenant=" + std::string(tenant);
}

Principal user_principal(const accounts::User& user, std::map<std::string, accounts::Role> roles) {
  const std::string first(accounts::kDefaultTenant);
  if (user.role != accounts::Role::kNone) roles[first] = user.role;
  Principal caller{.id = "user:" + std::to_string(user.id),
                   .scopes = {},
                   .user_id = user.id,
                   .keeps_history = user.keeps_history};
  enter(caller, first, user.role);
  if (roles.size() == 1) enter(caller, roles.begin()->first, roles.begin()->second);
  caller.roles = std::make_shared<const std::map<std::string, accounts::Role>>(std::move(roles));
  return caller;
}

Result<Principal> in_chosen_tenant(Principal caller, const Request& request) {
  FIT_TRY(const auto named, named_tenant(request));
  if (!named || *named == caller.tenant) return caller;
  if (caller.is_anonymous()) {
    return Error{ErrorCode::kUnauthorized, "send an API key of this tenant, or sign in", {}, {}};
  }
  if (caller.roles) {
    const auto role = caller.roles->find(*named);
    if (role == caller.roles->end()) return not_found("there is no such tenant");
    enter(caller, role->first, role->second);
    return caller;
  }
  if (caller.id != Principal::kLocal) {
    return Error{ErrorCode::kForbidden, "is not the tenant of this key", std::string(kField), {}};
  }
  caller.tenant = *named;
  return caller;
}

Result<std::vector<Principal>> in_named_tenants(
    const Principal& caller, const std::vector<std::string>& names,
    const std::function<Result<std::vector<std::string>>()>& all_names) {
  FIT_TRY(const std::vector<std::string> searchable, searchable_tenants(caller, all_names));
  const bool wants_all = names.size() == 1 && names.front() == kAllTenants;
  if (wants_all && searchable.size() > kMaxSearchedTenants) {
    return invalid(std::string(kTenants),
                   fit::format("are {} tenants, and a search asks at most {}; name some of them",
                               searchable.size(), kMaxSearchedTenants));
  }
  std::vector<std::string> wanted = wants_all ? searchable : names;
  std::ranges::sort(wanted);
  std::vector<Principal> callers;
  for (const std::string& name : wanted) {
    if (!std::ranges::contains(searchable, name)) return refused(caller, name);
    Principal& entered = callers.emplace_back(caller);
    entered.tenant = name;
    if (caller.roles) enter(entered, name, caller.roles->at(name));
  }
  if (callers.empty()) {
    return Error{ErrorCode::kForbidden, "there is no tenant that you may search", std::string(kTenants), {}};
  }
  return callers;
}

}  // namespace fit::http
