#include "base/bucket_quantile.h"

#include <cmath>

namespace fit {

std::optional<double> bucket_quantile(double part, std::span<const CumulativeBucket> buckets) {
  if (buckets.empty() || buckets.back().count <= 0) return std::nullopt;
  const double wanted = part * buckets.back().count;
  double lower = 0;
  double below = 0;
  for (const CumulativeBucket& bucket : buckets) {
    if (std::isinf(bucket.upper)) break;
    if (bucket.count >= wanted) {
      const double inside = bucket.count > below ? (wanted - below) / (bucket.count - below) : 1;
      return lower + (bucket.upper - lower) * inside;
    }
    lower = bucket.upper;
    below = bucket.count;
  }
  return lower;
}

}  // namespace fit
