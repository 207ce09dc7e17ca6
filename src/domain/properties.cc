#include "domain/properties.h"

#include <algorithm>

namespace fit::domain {

std::optional<std::size_t> property_index(std::string_view name) {
  const auto* found = std::ranges::find(kProperties, name);
  if (found == kProperties.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kProperties.begin());
}

}  // namespace fit::domain
