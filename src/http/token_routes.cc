#include <algorithm>
#include <memory>

#include "accounts/accounts.h"
#include "accounts/key_secret.h"
#include "accounts/search_token.h"
#include "base/json_reader.h"
#include "http/account_authenticator.h"
#include "http/api.h"
#include "http/audit.h"
#include "http/caller_view.h"
#include "http/json_body.h"
#include "http/problem.h"
#include "search/filter.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxExcludedFields = 100;
constexpr std::int64_t kDefaultSeconds = 3600;

using accounts::Scope;

// A token to make: its claims, and the key that signs it.
struct TokenOrder {
  std::optional<std::int64_t> key_id;  // nullopt: the caller's
  accounts::TokenClaims claims;
};

Result<std::int64_t> read_key_id(JsonReader& reader) {
  const std::string text = reader.text("key_id");
  FIT_CHECK(reader.result());
  return parse_id("key_id", text);
}

// The handlers of /api/v1/tokens.
class TokenRoutes {
 public:
  explicit TokenRoutes(const TokenRouteDeps& deps) : deps_(deps) {}

  Result<Response> mint(const Request& request) const {
    FIT_TRY(TokenOrder order, order_of(request));
    const Principal& caller = request.principal;
    if (caller.has_token) {
      return Error{ErrorCode::kForbidden, "a search token cannot make tokens; its key can", {}, {}};
    }
    if (!order.key_id) {
      if (caller.key_id == 0) {
        return invalid("key_id", "is missing: only a search key itself can leave it out");
      }
      order.key_id = caller.key_id;
    }
    if (*order.key_id != caller.key_id && !caller.scopes.contains(Scope::kAdmin)) {
      return missing_scopes({Scope::kAdmin}, request);
    }
    FIT_TRY(const accounts::FoundKey signer, signer_of(*order.key_id, caller));
    const accounts::Scopes scopes = signer.key.options.scopes;
    if (!accounts::may_sign_tokens(scopes)) {
      return invalid("key_id", "has more scopes than search and items:read, and cannot sign tokens");
    }
    if (!caller.scopes.contains_all(scopes)) return missing_scopes(scopes.without(caller.scopes), request);
    order.claims.id = accounts::make_random_token();
    FIT_TRY(const std::string token,
            accounts::sign_token(order.claims, signer.key.prefix, signer.secret_hash));
    const std::string expires_at = to_rfc3339(order.claims.expires_at);
    Response response = json_response({{"token", token},
                                       {"key_id", std::to_string(signer.key.id)},
                                       {"jti", order.claims.id},
                                       {"expires_at", expires_at}},
                                      201);
    note_audit(response, {.target = "key:" + std::to_string(signer.key.id),
                          .detail = {{"jti", order.claims.id},
                                     {"user_id", order.claims.user_id},
                                     {"expires_at", expires_at}}});
    return response;
  }

  Result<Response> revoke(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    FIT_TRY(const std::int64_t key_id, read_key_id(reader));
    const std::string jti = reader.text("jti");
    const std::string expires_at = reader.optional_text("expires_at");
    FIT_CHECK(reader.finish());
    FIT_CHECK(accounts::check_token_text("jti", jti));
    // The caller may be wrong about the end of the token, which would be valid again once the revocation is
    // forgotten. No token is valid for longer than this.
    Timestamp end = now() + deps_.max_lifetime + accounts::kMaxClockSkew;
    if (!expires_at.empty()) {
      FIT_TRY(const Timestamp stated, parse_rfc3339("expires_at", expires_at));
      if (stated <= now()) return invalid("expires_at", "is in the past: the token has expired");
      end = std::max(end, stated);
    }
    FIT_TRY(const accounts::ApiKey key, deps_.accounts.keys().get(key_id));
    if (key.options.tenant != request.principal.tenant) return not_found("there is no such key");
    FIT_CHECK(deps_.accounts.revoked_tokens().add(key.id, jti, end));
    deps_.authenticator.forget();
    Response response = no_content();
    note_audit(response, {.target = "key:" + std::to_string(key.id), .detail = {{"jti", jti}}});
    return response;
  }

 private:
  Result<TokenOrder> order_of(const Request& request) const {
    FIT_TRY(const Json body, json_body(request));
    JsonReader reader(body);
    TokenOrder order;
    if (reader.find("key_id") != nullptr) {
      FIT_TRY(order.key_id, read_key_id(reader));
    }
    accounts::TokenClaims& claims = order.claims;
    const Json* const filters = reader.find("filters");
    if (reader.find("limit") != nullptr) {
      claims.limit =
          static_cast<std::size_t>(reader.integer("limit", 1, static_cast<std::int64_t>(search::kMaxLimit)));
    }
    const bool has_user = reader.find("user_id") != nullptr;
    if (has_user) claims.user_id = reader.text("user_id");
    if (reader.find("exclude_fields") != nullptr) {
      claims.exclude_fields = reader.texts("exclude_fields", kMaxExcludedFields);
    }
    std::int64_t seconds = std::min<std::int64_t>(kDefaultSeconds, max_seconds());
    if (reader.find("expires_in_seconds") != nullptr) {
      seconds = reader.integer("expires_in_seconds", 1, max_seconds());
    }
    FIT_CHECK(reader.finish());
    if (has_user) FIT_CHECK(accounts::check_token_text("user_id", claims.user_id));
    FIT_CHECK(check_excluded_fields(claims.exclude_fields));
    if (filters != nullptr) {
      FIT_CHECK(search::parse_filter(*filters));
      claims.filters = dump_json(*filters);
    }
    claims.issued_at = std::chrono::floor<std::chrono::seconds>(now());
    claims.expires_at = *claims.issued_at + std::chrono::seconds(seconds);
    return order;
  }

  std::int64_t max_seconds() const { return std::chrono::seconds(deps_.max_lifetime).count(); }

  // The key with its latest secret. kNotFound; kConflict for one that is not valid.
  Result<accounts::FoundKey> signer_of(std::int64_t key_id, const Principal& caller) const {
    FIT_TRY(const accounts::ApiKey key, deps_.accounts.keys().get(key_id));
    if (key.options.tenant != caller.tenant) return not_found("there is no such key");
    FIT_TRY(auto signer, deps_.accounts.keys().find_by_prefix(key.prefix));
    if (!signer || !signer->is_valid_at(now())) {
      return Error{ErrorCode::kConflict, "the key is revoked or has expired", {}, {}};
    }
    return *std::move(signer);
  }

  const TokenRouteDeps deps_;
};

}  // namespace

void add_token_routes(Router& router, const TokenRouteDeps& deps) {
  const auto routes = std::make_shared<const TokenRoutes>(deps);
  // A token gives the scope "search", and nobody gives more than they have.
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/tokens",
              .required_scope = Scope::kSearch,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kMediumBodyBytes,
              .handler = [routes](const Request& request) { return routes->mint(request); },
              .audited = Audited::kAlways});
  router.add({.method = Method::kPost,
              .pattern = "/api/v1/tokens/revoke",
              .required_scope = Scope::kAdmin,
              .run_on = RunOn::kWrite,
              .route_class = RouteClass::kWrite,
              .max_body_bytes = kMediumBodyBytes,
              .handler = [routes](const Request& request) { return routes->revoke(request); }});
}

}  // namespace fit::http
