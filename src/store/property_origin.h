#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "store/records.h"

namespace fit::store {

// Where the value of a property comes from.
enum class Origin : std::uint8_t {
  kNone,     // the property is empty
  kSeller,   // given with the listing
  kText,     // read in title, description or tags
  kPhoto,    // seen in the picture
  kDerived,  // follows from another property
};

struct PropertyOrigin {
  Origin origin = Origin::kNone;
  float confidence = 0;  // 0 to 1; 1 for the seller's word

  friend bool operator==(const PropertyOrigin&, const PropertyOrigin&) = default;
};
// Index i belongs to kProperties[i].
using PropertyOrigins = std::array<PropertyOrigin, kProperties.size()>;

// "seller", "text", "photo", "derived"; "none".
std::string_view origin_name(Origin origin);

}  // namespace fit::store
