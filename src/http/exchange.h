#pragma once

#include "base/stopwatch.h"
#include "http/message.h"
#include "http/router.h"

namespace fit::http {

// The processing of one request, from its last byte to its response.
struct Exchange {
  Request request;
  Router::Match match;
  Stopwatch since_received;
};

}  // namespace fit::http
