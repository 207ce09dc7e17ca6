#include "search/property_values.h"

namespace fit::search {

std::optional<PropertyValues::FoundValue> PropertyValues::most_frequent(
    std::optional<std::size_t> property, const std::array<std::size_t, domain::kProperties.size()>& counts) {
  std::optional<FoundValue> best;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if ((property && *property != i) || counts[i] == 0) continue;
    if (best && (i == domain::kSecondaryColor ||
                 (best->property != domain::kSecondaryColor && best->count >= counts[i]))) {
      continue;
    }
    best = {.property = i, .count = counts[i]};
  }
  return best;
}

}  // namespace fit::search
