#pragma once

#include <chrono>

#include "http/message.h"
#include "http/router.h"

namespace fit::http {

// One request on its way through the server, from its last byte to its response.
struct Exchange {
  Request request;
  Router::Match match;
  std::chrono::steady_clock::time_point received;
};

}  // namespace fit::http
