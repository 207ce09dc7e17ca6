#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domain/properties.h"

namespace fit::search {

// The values that the catalogue's items have in their properties, which the words of queries are compared
// with. Thread-safe.
class PropertyValues {
 public:
  virtual ~PropertyValues() = default;

  // The property in which a value was found.
  struct FoundValue {
    std::size_t property = 0;  // index into domain::kProperties
    std::size_t count = 0;     // items that have the value
  };
  // Looks up a lower-case value in one property, or in all: the property in which most items have it, the
  // secondary colour last. nullopt when no item has the value.
  virtual std::optional<FoundValue> find_value(const std::string& value,
                                               std::optional<std::size_t> property = {}) const = 0;

  // The texts that a property ever had, in the order and spelling in which they came, without the first
  // `seen`.
  virtual std::vector<std::string> values_after(std::size_t property, std::size_t seen) const = 0;

 protected:
  PropertyValues() = default;
  PropertyValues(const PropertyValues&) = default;
  PropertyValues& operator=(const PropertyValues&) = default;

  // find_value(), given the number of items that have the value in each property.
  static std::optional<FoundValue> most_frequent(
      std::optional<std::size_t> property, const std::array<std::size_t, domain::kProperties.size()>& counts);
};

}  // namespace fit::search
