#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// A database row's number as a type of its own, so that an item's id cannot be passed for an image's.
// Ids are positive, never reused, and written in JSON as decimal strings.
template <class Tag>
struct Id {
  std::int64_t value = 0;

  friend auto operator<=>(const Id&, const Id&) = default;
  std::string str() const { return std::to_string(value); }
};

using ItemId = Id<struct ItemTag>;
using ImageId = Id<struct ImageTag>;

// Reads a positive decimal number without sign or blanks; kInvalid naming `field` otherwise.
Result<std::int64_t> parse_id(std::string_view field, std::string_view text);

}  // namespace fit

// Ids are keys of unordered containers.
template <class Tag>
struct std::hash<fit::Id<Tag>> {
  std::size_t operator()(const fit::Id<Tag>& id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
