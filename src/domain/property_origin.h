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
  kSeller,   // the seller gave it with the listing
  kText,     // title, description or tags state it
  kPhoto,    // a model predicts it from an image
  kDerived,  // it follows from another property
};

// The origin of a value with its confidence.
struct PropertyOrigin {
  Origin origin = Origin::kNone;
  float confidence = 0;  // from 0 to 1; 1 for a value of the seller

  friend bool operator==(const PropertyOrigin&, const PropertyOrigin&) = default;
};
// Index i belongs to kProperties[i].
using PropertyOrigins = std::array<PropertyOrigin, kProperties.size()>;

// Returns "seller", "text", "photo", "derived" or "none".
std::string_view origin_name(Origin origin);

// Returns the origins as the store returns them: kNone where there is no value, and kSeller with confidence 1
// where there is a value without an origin.
PropertyOrigins settled(const Properties& values, PropertyOrigins origins);

// Writes the origins other than kSeller as text, "material=text:0.81 pattern=photo:0.64", in the order of
// kProperties.
std::string encode_origins(const PropertyOrigins& origins);
// Reads what encode_origins() wrote; ignores words of another form.
PropertyOrigins decode_origins(std::string_view text);

}  // namespace fit::domain
