#pragma once

#include "base/stopwatch.h"
#include "http/message.h"
#include "http/router.h"

namespace fit::http {

// One request on its way through the server, from its head to its response.
struct Exchange {
  Request request;
  Router::Match match;
  Stopwatch since_received;  // since the last byte; until the body is there, since the head
  bool server_is_stopping = false;
};

}  // namespace fit::http
