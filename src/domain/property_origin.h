#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/properties.h"

namespace fit::domain {

// Where the value of a property comes from.
enum class Origin : std::uint8_t {
  kNone,     // the property is empty
  kSeller,   // given with the listing
  kText,     // read in title, description or tags
  kPhoto,    // seen in the image
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

// The origins as the store gives them back: kNone where there is no value, and where there is one and nothing
// is said of it, the seller's with confidence 1.
PropertyOrigins settled(const Properties& values, PropertyOrigins origins);

// Guesses as text, "material=text:0.81 pattern=photo:0.64", in the order of kProperties; the seller's are
// left out.
std::string encode_origins(const PropertyOrigins& origins);
// The other way round; words that are no such guess are passed over.
PropertyOrigins decode_origins(std::string_view text);

}  // namespace fit::domain
