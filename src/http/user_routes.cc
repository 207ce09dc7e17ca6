#include <functional>
#include <memory>

#include "accounts/accounts.h"
#include "base/json_reader.h"
#include "http/account_authenticator.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "http/user_json.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxBodyBytes = 16 << 10;

using accounts::Scope;

// The handlers of /api/v1/users.
class UserRoutes {
 public:
  explicit UserRoutes(const UserRouteDeps& deps)
      : accounts_(deps.accounts),
        users_(deps.accounts.users()),
        authenticator_(deps.authenticator),
        links_(deps.links) {}

  Result<Response> list(const Request&) const {
    FIT_TRY(const auto users, users_.list());
    Json list = Json::array();
    for (const accounts::User& user : users) list.push_back(user_json(user));
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
    FIT_TRY(const accounts::User user, users_.create(wanted));
    FIT_TRY(const accounts::Accounts::Link link, accounts_.make_link(user));
    Json json = user_json(user);
    json["invitation_url"] = links_.url_of(link.purpose, link.token);
    json["mail_sent"] = links_.send && links_.send(user, link);
    Response response = json_response(json, 201);
    response.headers.emplace_back("Location", "/api/v1/users/" + std::to_string(user.id));
    return response;
  }

  Result<Response> get(const Request& request) const {
    FIT_TRY(const std::int64_t id, id_of(request));
    FIT_TRY(const accounts::User user, users_.get(id));
    return json_response(user_json(user));
  }

  Result<Response> change(const Request& request) const {
    FIT_TRY(const std::int64_t id, id_of(request));
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
    FIT_TRY(const accounts::User user, users_.change(id, change));
    authenticator_.forget();
    return json_response(user_json(user));
  }

  Result<Response> remove(const Request& request) const {
    FIT_TRY(const std::int64_t id, id_of(request));
    FIT_CHECK(users_.remove(id));
    authenticator_.forget();
    return no_content();
  }

 private:
  static Result<std::int64_t> id_of(const Request& request) {
    return parse_id("id", request.path_parameters.get("id"));
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
  AccountAuthenticator& authenticator_;
  const UserLinks links_;
};

}  // namespace

void add_user_routes(Router& router, const UserRouteDeps& deps) {
  const auto routes = std::make_shared<const UserRoutes>(deps);
  const auto add = [&](Method method, const char* pattern, auto handler) {
    router.add(admin_route(method, pattern, kMaxBodyBytes, [routes, handler](const Request& request) {
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
