#include <memory>

#include "accounts/account_json.h"
#include "accounts/accounts.h"
#include "base/json_reader.h"
#include "http/account_authenticator.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "search/filter.h"

namespace fit::http {
namespace {

constexpr std::int64_t kDefaultOverlapSeconds = 86'400;
constexpr std::int64_t kMaxOverlapSeconds = 30 * 86'400;
constexpr std::size_t kMaxScopes = 100;

using accounts::Scopes;

AuditNote note_of(const accounts::ApiKey& key) {
  return {.target = "key:" + std::to_string(key.id), .detail = accounts::key_audit_detail(key)};
}

Result<accounts::KeyOptions> key_options(const Json& body) {
  JsonReader reader(body);
  accounts::KeyOptions options;
  options.name = reader.text("name");
  const auto scopes = reader.texts("scopes", kMaxScopes);
  const Json* const filters = reader.find("filters");
  const std::string expires_at = reader.optional_text("expires_at");
  options.rate_limit = reader.optional_text("rate_limit");
  options.tenant = reader.optional_text("tenant");
  FIT_CHECK(reader.finish());
  FIT_TRY(options.scopes, Scopes::parse("scopes", scopes));
  if (filters != nullptr) {
    FIT_TRY(const search::Filter filter, search::parse_filter(*filters));
    if (!filter.empty()) options.filters = dump_json(*filters);
  }
  if (!expires_at.empty()) {
    FIT_TRY(options.expires_at, parse_rfc3339("expires_at", expires_at));
  }
  return options;
}

// The handlers of /api/v1/keys.
class KeyRoutes {
 public:
  explicit KeyRoutes(const KeyRouteDeps& deps)
      : keys_(deps.accounts.keys()), tenants_(deps.accounts.tenants()), authenticator_(deps.authenticator) {}

  Result<Response> list(const Request& request) const {
    FIT_TRY(const auto keys, keys_.list());
    Json list = Json::array();
    for (const accounts::ApiKey& key : keys) {
      if (key.options.tenant == request.principal.tenant) list.push_back(accounts::key_json(key));
    }
    return json_response({{"keys", std::move(list)}});
  }

  Result<Response> create(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    FIT_TRY(accounts::KeyOptions options, key_options(body));
    const Principal& caller = request.principal;
    if (!caller.scopes.contains_all(options.scopes)) {
      return missing_scopes(options.scopes.without(caller.scopes),
                            request);  // nobody gives more than they have
    }
    FIT_TRY(options.tenant, tenant_of(options.tenant, caller));
    FIT_TRY(const accounts::IssuedKey issued, keys_.create(options, caller.id));
    authenticator_.forget();
    Response response = json_response(accounts::issued_key_json(issued), 201);
    response.headers.emplace_back("Location", "/api/v1/keys/" + std::to_string(issued.key.id));
    note_audit(response, note_of(issued.key));
    return response;
  }

  Result<Response> get(const Request& request) const {
    FIT_TRY(const accounts::ApiKey key, key_of(request));
    return json_response(accounts::key_json(key));
  }

  Result<Response> revoke(const Request& request) const {
    FIT_TRY(const accounts::ApiKey key, key_of(request));
    FIT_CHECK(keys_.revoke(key.id));
    authenticator_.forget();
    Response response = no_content();
    note_audit(response, note_of(key));
    return response;
  }

  Result<Response> rotate(const Request& request) const {
    std::int64_t overlap = kDefaultOverlapSeconds;
    if (!request.body.empty()) {
      FIT_TRY(const Json body, json_body(request));
      JsonReader reader(body);
      if (reader.find("overlap_seconds") != nullptr)
        overlap = reader.integer("overlap_seconds", 0, kMaxOverlapSeconds);
      FIT_CHECK(reader.finish());
    }
    FIT_TRY(const accounts::ApiKey key, key_of(request));
    if (!request.principal.scopes.contains_all(key.options.scopes)) {
      return missing_scopes(key.options.scopes.without(request.principal.scopes), request);
    }
    FIT_TRY(const accounts::IssuedKey issued, keys_.rotate(key.id, std::chrono::seconds(overlap)));
    authenticator_.forget();
    Response response = json_response(accounts::issued_key_json(issued));
    note_audit(response, note_of(issued.key));
    return response;
  }

 private:
  // The tenant of a new key: the caller's. Callers in "default", who may remove any tenant, may name another
  // one.
  Result<std::string> tenant_of(const std::string& wanted, const Principal& caller) const {
    if (!wanted.empty() && wanted != caller.tenant && caller.tenant != accounts::kDefaultTenant) {
      return Error{ErrorCode::kForbidden, "must be the tenant of the caller", "tenant", {}};
    }
    const std::string& tenant = wanted.empty() ? caller.tenant : wanted;
    if (tenant == accounts::kDefaultTenant) return tenant;
    FIT_CHECK(accounts::check_tenant_name("tenant", tenant));
    FIT_CHECK(tenants_.get(tenant));
    return tenant;
  }

  // The key that the path names, if it is one of the caller's tenant.
  Result<accounts::ApiKey> key_of(const Request& request) const {
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_TRY(accounts::ApiKey key, keys_.get(id));
    if (key.options.tenant != request.principal.tenant) return not_found("there is no such key");
    return key;
  }

  accounts::ApiKeys& keys_;
  accounts::Tenants& tenants_;
  AccountAuthenticator& authenticator_;
};

}  // namespace

void add_key_routes(Router& router, const KeyRouteDeps& deps) {
  const auto routes = std::make_shared<const KeyRoutes>(deps);
  const auto add = [&](Method method, const char* pattern, auto handler) {
    router.add(admin_route(method, pattern, kMediumBodyBytes, [routes, handler](const Request& request) {
      return std::invoke(handler, *routes, request);
    }));
  };
  add(Method::kGet, "/api/v1/keys", &KeyRoutes::list);
  add(Method::kPost, "/api/v1/keys", &KeyRoutes::create);
  add(Method::kGet, "/api/v1/keys/{id}", &KeyRoutes::get);
  add(Method::kDelete, "/api/v1/keys/{id}", &KeyRoutes::revoke);
  add(Method::kPost, "/api/v1/keys/{id}/rotate", &KeyRoutes::rotate);
}

}  // namespace fit::http
