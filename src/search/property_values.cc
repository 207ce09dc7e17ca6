#include "search/property_values.h"

#include "domain/properties.h"

namespace fit::search {

std::optional<PropertyValues::FoundValue> PropertyValues::commonest(
    const std::string& value, std::optional<std::size_t> property,
    const std::function<std::size_t(std::size_t property, const std::string& value)>& count) {
  static const std::size_t kSecondary = domain::property_index("secondary_color").value_or(0);
  std::optional<FoundValue> best;
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    if (property && *property != i) continue;
    const std::size_t items = count(i, value);
    if (items == 0) continue;
    if (best && (i == kSecondary || (best->property != kSecondary && best->count >= items))) continue;
    best = {.property = i, .count = items};
  }
  return best;
}

}  // namespace fit::search
