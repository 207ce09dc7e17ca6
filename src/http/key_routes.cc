#include <memory>

#include "accounts/accounts.h"
#include "base/json_reader.h"
#include "http/account_authenticator.h"
#include "http/admin_route.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "http/user_json.h"
#include "search/filter.h"

namespace fit::http {
namespace {

constexpr std::int64_t kDefaultOverlapSeconds = 86'400;
constexpr std::int64_t kMaxOverlapSeconds = 30 * 86'400;
constexpr std::size_t kMaxScopes = 100;
constexpr std::size_t kMaxBodyBytes = 64 << 10;

using accounts::Scopes;

Json to_json(const accounts::ApiKey& key) {
  const accounts::KeyOptions& options = key.options;
  Json json{{"id", std::to_string(key.id)},
            {"name", options.name},
            {"prefix", key.prefix},
            {"scopes", options.scopes.names()},
            {"filters", options.filters.empty() ? Json(nullptr) : Json::parse(options.filters)},
            {"rate_limit", options.rate_limit.empty() ? Json(nullptr) : Json(options.rate_limit)},
            {"created_at", to_rfc3339(key.created_at)},
            {"created_by", key.created_by},
            {"expires_at", time_or_null(options.expires_at)},
            {"last_used_at", time_or_null(key.last_used_at)},
            {"revoked_at", time_or_null(key.revoked_at)}};
  return json;
}

Json to_json(const accounts::IssuedKey& issued) {
  Json json = to_json(issued.key);
  json["secret"] = issued.secret;
  return json;
}

AuditNote note_of(const accounts::ApiKey& key) {
  return {.target = "key:" + std::to_string(key.id),
          .detail = {{"name", key.options.name}, {"scopes", key.options.scopes.names()}}};
}

Result<accounts::KeyOptions> key_options(const Json& body) {
  JsonReader reader(body);
  accounts::KeyOptions options;
  options.name = reader.text("name");
  const auto scopes = reader.texts("scopes", kMaxScopes);
  const Json* const filters = reader.find("filters");
  const std::string expires_at = reader.optional_text("expires_at");
  options.rate_limit = reader.optional_text("rate_limit");
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
      : keys_(deps.accounts.keys()), authenticator_(deps.authenticator) {}

  Result<Response> list(const Request& request) const {
    FIT_TRY(const auto keys, keys_.list());
    Json list = Json::array();
    for (const accounts::ApiKey& key : keys) {
      if (key.options.tenant == request.principal.tenant) list.push_back(to_json(key));
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
    options.tenant = caller.tenant;
    FIT_TRY(const accounts::IssuedKey issued, keys_.create(options, caller.id));
    authenticator_.forget();
    Response response = json_response(to_json(issued), 201);
    response.headers.emplace_back("Location", "/api/v1/keys/" + std::to_string(issued.key.id));
    note_audit(response, note_of(issued.key));
    return response;
  }

  Result<Response> get(const Request& request) const {
    FIT_TRY(const accounts::ApiKey key, key_of(request));
    return json_response(to_json(key));
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
    Response response = json_response(to_json(issued));
    note_audit(response, note_of(issued.key));
    return response;
  }

 private:
  // The key that the path names, if it is one of the caller's tenant.
  Result<accounts::ApiKey> key_of(const Request& request) const {
    FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
    FIT_TRY(accounts::ApiKey key, keys_.get(id));
    if (key.options.tenant != request.principal.tenant) return not_found("there is no such key");
    return key;
  }

  accounts::ApiKeys& keys_;
  AccountAuthenticator& authenticator_;
};

}  // namespace

void add_key_routes(Router& router, const KeyRouteDeps& deps) {
  const auto routes = std::make_shared<const KeyRoutes>(deps);
  const auto add = [&](Method method, const char* pattern, auto handler) {
    router.add(admin_route(method, pattern, kMaxBodyBytes, [routes, handler](const Request& request) {
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
