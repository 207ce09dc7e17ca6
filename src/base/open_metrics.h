#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/exemplars.h"
#include "base/metrics.h"

namespace fit {

// The exemplars of a histogram by bucket, found by its name and labels; empty: it has none.
using ExemplarsOf =
    std::function<std::vector<std::optional<Exemplar>>(const std::string& name, const Labels& labels)>;

// Writes counters, gauges and histograms as OpenMetrics 1.0.0
// (https://prometheus.io/docs/specs/om/open_metrics_spec/). Numbers are written as in the text format of
// Prometheus, so that a series keeps its labels when a scraper changes the format.
std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families,
                              const ExemplarsOf& exemplars_of);

}  // namespace fit
