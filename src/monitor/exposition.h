#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"

namespace fit::monitor {

// The value of one series at one moment. A value type.
struct Sample {
  std::string name;    // of the series: a histogram has NAME_bucket, NAME_sum and NAME_count
  Labels labels = {};  // without those that Prometheus adds
  std::string series;  // name and labels as they are written, which tells series apart
  double value = 0;    // may be infinite or no number
};

// Reads what Metrics::expose() has written, in its order. Lines that are no samples are left out.
std::vector<Sample> parse_exposition(std::string_view text);

}  // namespace fit::monitor
