#include "search/item_columns.h"

#include <cmath>

namespace fit::search {

double freshness_of(Timestamp time, Timestamp latest) {
  constexpr double kHalfLife = 30.0 * 24 * 3600 * 1e6;  // 30 days in microseconds
  return std::exp2(-static_cast<double>((latest - time).count()) / kHalfLife);
}

}  // namespace fit::search
