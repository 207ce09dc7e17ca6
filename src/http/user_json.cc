#include "http/user_json.h"

namespace fit::http {

Json time_or_null(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json user_json(const accounts::User& user) {
  return {{"id", std::to_string(user.id)},
          {"email", user.email},
          {"name", user.name},
          {"role", accounts::to_string(user.role)},
          {"has_password", user.has_password},
          {"has_totp", user.has_totp},
          {"created_at", to_rfc3339(user.created_at)},
          {"last_seen_at", time_or_null(user.last_seen_at)},
          {"disabled_at", time_or_null(user.disabled_at)}};
}

}  // namespace fit::http
