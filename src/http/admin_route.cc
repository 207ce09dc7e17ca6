#include "http/admin_route.h"

#include <utility>

namespace fit::http {

Route admin_route(Method method, std::string pattern, std::size_t max_body_bytes, Handler handler) {
  const bool is_read = method == Method::kGet;
  const bool has_body = method == Method::kPost || method == Method::kPatch;
  return {.method = method,
          .pattern = std::move(pattern),
          .required_scope = accounts::Scope::kAdmin,
          .run_on = is_read ? RunOn::kSearch : RunOn::kWrite,
          .route_class = is_read ? RouteClass::kNone : RouteClass::kWrite,
          .max_body_bytes = has_body ? max_body_bytes : 0,
          .handler = std::move(handler)};
}

}  // namespace fit::http
