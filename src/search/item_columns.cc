#include "search/item_columns.h"

#include <algorithm>
#include <cmath>

namespace fit::search {

double freshness_of(Timestamp time, Timestamp now) {
  constexpr double kHalfLife = 30.0 * 24 * 3600 * 1e6;  // 30 days in microseconds
  if (time > now + std::chrono::days(1)) return 0;
  const auto age = std::max(now - time, Timestamp::duration(0));
  return std::exp2(-static_cast<double>(age.count()) / kHalfLife);
}

}  // namespace fit::search
