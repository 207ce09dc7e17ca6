#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace fit::http {

// Where a route's handler runs.
enum class RunOn {
  kLoop,     // at once on the event loop: it must not block
  kWorkers,  // on the request workers, within the request time limit
  kImports,  // on the import worker, for as long as it takes
};

struct Route {
  Method method = Method::kGet;
  std::string pattern;  // "/images/{id}": at most one "{id}", which matches one non-empty segment
  RunOn run_on = RunOn::kWorkers;
  std::size_t max_body_bytes = 0;
  Handler handler;
};

// The table of addresses. Filled first, then only read: matching is thread-safe.
class Router {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }

  struct Match {
    const Route* route = nullptr;  // lives as long as the router
    std::string parameter;         // what "{id}" matched
    std::vector<Method> allowed;   // without a route: the methods that this path has, if any
  };
  // HEAD is asked for as kGet.
  Match match(Method method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace fit::http
