#pragma once

#include <cstddef>
#include <string>

#include "http/router.h"

namespace fit::http {

// Makes a route for callers with the scope "admin". Reads run on the pool for searches without a rate limit,
// changes on the pool for writes. A body of POST and PATCH has at most `max_body_bytes`; other methods have
// none.
Route admin_route(Method method, std::string pattern, std::size_t max_body_bytes, Handler handler);

}  // namespace fit::http
