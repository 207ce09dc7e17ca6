#include <functional>
#include <memory>

#include "accounts/account_json.h"
#include "accounts/accounts.h"
#include "base/json_reader.h"
#include "http/account_authenticator.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/json_body.h"
#include "http/problem.h"

namespace fit::http {
namespace {

using accounts::Scope;

// The handlers of /api/v1/users.
class UserRoutes {
 public:
  explicit UserRoutes(const UserRouteDeps& deps)
      : accounts_(deps.accounts),
        users_(deps.accounts.users()),
        tenants_(deps.accounts.tenants()),
        authenticator_(deps.authenticator),
        links_(deps.links) {}

  Result<Response> list(const Request& request) const {
    FIT_TRY(const auto users, tenants_.members(request.principal.tenant));
    Json list = Json::array();
    for (const accounts::User& user : users) list.push_back(accounts::user_json(user));
    return json_response({{"users", std::move(list)}});
  }

  Result<Response> create(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    accounts::NewUser wanted;
    wanted.email = reader.text("email");
    wanted.name = reader.optional_text("name");
    const std::string role = reader.text("role");
    FIT_CHECK(reader.finish());
    FIT_TRY(wanted.role, accounts::parse_role("role", role));
    if (auto refusal = refuse_role(wanted.role, request)) return *std::move(refusal);
    const std::string& tenant = request.principal.tenant;
    if (tenant != accounts::kDefaultTenant) FIT_CHECK(tenants_.get(tenant));
    FIT_TRY(const auto member, tenants_.add_member(tenant, wanted));
    Json json = accounts::user_json(member.user);
    if (member.is_new) {
      FIT_TRY(const accounts::Accounts::Link link, accounts_.make_link(member.user));
      json["invitation_url"] = links_.url_of(link.purpose, link.token);
      json["mail_sent"] = links_.send && links_.send(member.user, link);
    } else {
      // A link would give the account of a user of other tenants to whoever invites.
      json["invitation_url"] = nullptr;
      json["mail_sent"] = false;
      authenticator_.forget();
    }
    Response response = json_response(json, 201);
    response.headers.emplace_back("Location", "/api/v1/users/" + std::to_string(member.user.id));
    return response;
  }

  Result<Response> get(const Request& request) const {
    FIT_TRY(const std::int64_t id, id_of(request));
    FIT_TRY(const accounts::User user, tenants_.member(request.principal.tenant, id));
    return json_response(accounts::user_json(user));
  }

  Result<Response> change(const Request& request) const {
    const std::string& tenant = request.principal.tenant;
    FIT_TRY(const std::int64_t id, id_of(request));
    FIT_CHECK(tenants_.member(tenant, id));
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    accounts::UserChange change;
    if (reader.find("name") != nullptr) change.name = reader.optional_text("name");
    const std::string role = reader.optional_text("role");
    if (reader.find("disabled") != nullptr) change.is_disabled = reader.flag("disabled");
    FIT_CHECK(reader.finish());
    if (!role.empty()) {
      FIT_TRY(change.role, accounts::parse_role("role", role));
      if (auto refusal = refuse_role(*change.role, request)) return *std::move(refusal);
    }
    FIT_CHECK(apply(change, tenant, id));
    authenticator_.forget();
    FIT_TRY(const accounts::User user, tenants_.member(tenant, id));
    return json_response(accounts::user_json(user));
  }

  Result<Response> remove(const Request& request) const {
    FIT_TRY(const std::int64_t id, id_of(request));
    FIT_CHECK(tenants_.member(request.principal.tenant, id));
    FIT_CHECK(tenants_.remove_member(request.principal.tenant, id));
    authenticator_.forget();
    return no_content();
  }

 private:
  static Result<std::int64_t> id_of(const Request& request) {
    return parse_id("id", request.path_parameters.get("id"));
  }

  // Changes a user of the tenant. What a user is to all tenants is changed from "default", and from the only
  // other tenant that the user may enter.
  Result<void> apply(const accounts::UserChange& change, const std::string& tenant, std::int64_t id) const {
    if (tenant == accounts::kDefaultTenant) {
      FIT_CHECK(users_.change(id, change));
      return {};
    }
    if (change.name || change.is_disabled) {
      FIT_TRY(const bool is_shared, tenants_.is_member_elsewhere(tenant, id));
      if (is_shared) {
        return Error{ErrorCode::kForbidden,
                     "may not be changed here, because the user belongs to another tenant too",
                     change.name ? "name" : "disabled",
                     {}};
      }
      FIT_CHECK(users_.change(id, {.name = change.name, .is_disabled = change.is_disabled}));
    }
    return change.role ? tenants_.set_role(tenant, id, *change.role) : Result<void>();
  }

  // Nobody gives more than they have.
  static std::optional<Response> refuse_role(accounts::Role role, const Request& request) {
    const accounts::Scopes missing =
        accounts::scopes_of(role).without(request.principal.scopes | accounts::Scopes{Scope::kAccount});
    if (missing.empty()) return std::nullopt;
    return missing_scopes(missing, request);
  }

  accounts::Accounts& accounts_;
  accounts::Users& users_;
  accounts::Tenants& tenants_;
  AccountAuthenticator& authenticator_;
  const UserLinks links_;
};

}  // namespace

void add_user_routes(Router& router, const UserRouteDeps& deps) {
  const auto routes = std::make_shared<const UserRoutes>(deps);
  const auto add = [&](Method method, const char* pattern, auto handler) {
    router.add(admin_route(method, pattern, kSmallBodyBytes, [routes, handler](const Request& request) {
      return std::invoke(handler, *routes, request);
    }));
  };
  add(Method::kGet, "/api/v1/users", &UserRoutes::list);
  add(Method::kPost, "/api/v1/users", &UserRoutes::create);
  add(Method::kGet, "/api/v1/users/{id}", &UserRoutes::get);
  add(Method::kPatch, "/api/v1/users/{id}", &UserRoutes::change);
  add(Method::kDelete, "/api/v1/users/{id}", &UserRoutes::remove);
}

}  // namespace fit::http
