#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fit::search {

// What the catalogue's items say of the properties: the texts that words can be read as. Thread-safe.
class PropertyValues {
 public:
  virtual ~PropertyValues() = default;

  // Where items have the (lower-case) value: in this property, or in the one in which it is commonest, a
  // secondary colour last. Nothing when no item has it.
  struct FoundValue {
    std::size_t property = 0;  // index into domain::kProperties
    std::size_t count = 0;
  };
  virtual std::optional<FoundValue> find_value(const std::string& value,
                                               std::optional<std::size_t> property = {}) const = 0;

  // The texts that a property ever had, as each first came, from the one after the first `seen`.
  virtual std::vector<std::string> values_after(std::size_t property, std::size_t seen) const = 0;

 protected:
  PropertyValues() = default;
  PropertyValues(const PropertyValues&) = default;
  PropertyValues& operator=(const PropertyValues&) = default;

  // find_value() where count(property, value) tells how many items have it.
  static std::optional<FoundValue> commonest(
      const std::string& value, std::optional<std::size_t> property,
      const std::function<std::size_t(std::size_t property, const std::string& value)>& count);
};

}  // namespace fit::search
