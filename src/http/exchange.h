#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/stopwatch.h"
#include "base/trace.h"
#include "http/message.h"
#include "http/router.h"

namespace fit::http {

// The processing of one request, from its head to its response.
struct Exchange {
  Request request;
  Router::Match match;
  Stopwatch since_received;  // since the request's last byte; before it, since the head
  bool server_is_stopping = false;
  bool is_authenticated = false;   // request.principal is the caller, whose rights were checked
  bool is_admitted = false;        // the middleware of the worker stage has run
  std::string principal_id;        // of the caller, for the log; set on the event loop
  std::string tenant = "default";  // of the caller, set with principal_id
  // Header fields that middleware of the worker stage adds to the response. Only the worker reads and writes
  // them: Pipeline adds them to what it returns there. A response that the event loop makes meanwhile,
  // because the time limit has passed, lacks them.
  std::vector<std::pair<std::string, std::string>> worker_headers = {};

  // The span of the request, which the thread of the event loop ends; null: nothing is traced.
  std::shared_ptr<RootSpan> trace = {};

  // What a thread works for while it works on the request. It refers to the request.
  Work work() const {
    Work work = trace ? trace->work() : Work();
    work.request_id = request.request_id;
    return work;
  }

  // Copies what log and audit say about the caller. Called on the event loop.
  void note_caller(const Principal& caller) {
    principal_id = caller.id;
    tenant = caller.tenant;
  }
};

}  // namespace fit::http
