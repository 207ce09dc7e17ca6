#pragma once

#include "base/stopwatch.h"
#include "http/message.h"
#include "http/router.h"

namespace fit::http {

// The processing of one request, from its head to its response.
struct Exchange {
  Request request;
  Router::Match match;
  Stopwatch since_received;  // since the request's last byte; before it, since the head
  bool server_is_stopping = false;
};

}  // namespace fit::http
