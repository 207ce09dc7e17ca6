#pragma once

#include "base/metrics.h"
#include "http/router.h"

namespace fit::http {

// /metrics of one process, for a listener of its own: the metrics of the tenant "default", which include the
// process, for callers in that tenant. `metrics` must outlive the router.
void add_metrics_route(Router& router, const Metrics& metrics);

}  // namespace fit::http
