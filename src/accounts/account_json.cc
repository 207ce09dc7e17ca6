#include "accounts/account_json.h"

#include "base/json_time.h"

namespace fit::accounts {

Json key_json(const ApiKey& key) {
  const KeyOptions& options = key.options;
  return {{"id", std::to_string(key.id)},
          {"name", options.name},
          {"tenant", options.tenant},
          {"prefix", key.prefix},
          {"scopes", options.scopes.names()},
          {"filters", options.filters.empty() ? Json(nullptr) : Json::parse(options.filters)},
          {"rate_limit", options.rate_limit.empty() ? Json(nullptr) : Json(options.rate_limit)},
          {"created_at", to_rfc3339(key.created_at)},
          {"created_by", key.created_by},
          {"expires_at", time_or_null(options.expires_at)},
          {"last_used_at", time_or_null(key.last_used_at)},
          {"revoked_at", time_or_null(key.revoked_at)}};
}

Json issued_key_json(const IssuedKey& issued) {
  Json json = key_json(issued.key);
  json["secret"] = issued.secret;
  return json;
}

Json key_audit_detail(const ApiKey& key) {
  return {{"name", key.options.name}, {"scopes", key.options.scopes.names()}};
}

Json user_json(const User& user) {
  return {{"id", std::to_string(user.id)},
          {"email", user.email},
          {"name", user.name},
          {"role", to_string(user.role)},
          {"has_password", user.has_password},
          {"has_totp", user.has_totp},
          {"keeps_history", user.keeps_history},
          {"created_at", to_rfc3339(user.created_at)},
          {"last_seen_at", time_or_null(user.last_seen_at)},
          {"disabled_at", time_or_null(user.disabled_at)}};
}

Json session_json(const Session& session, std::int64_t current) {
  return {{"id", std::to_string(session.id)},
          {"created_at", to_rfc3339(session.created_at)},
          {"last_used_at", to_rfc3339(session.last_used_at)},
          {"ends_at", to_rfc3339(session.ends_at)},
          {"address", session.client.address},
          {"agent", session.client.agent},
          {"is_current", session.id == current}};
}

}  // namespace fit::accounts
