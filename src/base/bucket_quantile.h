#pragma once

#include <optional>
#include <span>

namespace fit {

// The observations of a histogram up to the end of one bucket.
struct CumulativeBucket {
  double upper = 0;  // infinite for the last bucket
  double count = 0;  // observations that do not exceed `upper`
};

// About the value that `part` (0 to 1) of the observations do not exceed, interpolated within its bucket as
// Prometheus' histogram_quantile() does; the last finite end for values beyond it. The buckets ascend.
// nullopt without observations.
std::optional<double> bucket_quantile(double part, std::span<const CumulativeBucket> buckets);

}  // namespace fit
