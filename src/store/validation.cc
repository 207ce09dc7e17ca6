#include "store/validation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/format.h"

namespace fit::store {
namespace {

// The length of the well-formed sequence at the start of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

// Whether all eight bytes are between 1 and 127.
bool is_plain(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return (word & 0x8080808080808080U) == 0 && ((word - 0x0101010101010101U) & 0x8080808080808080U) == 0;
}

Result<void> check_text(std::string_view column, std::string_view text) {
  if (is_storable_text(text)) return {};
  return invalid(std::string(column), "must be UTF-8 text without a NUL character");
}

Result<void> check_key(std::string_view column, std::string_view text) {
  if (text.empty()) return invalid(std::string(column), "must not be empty");
  if (text.size() > kMaxKeyBytes) {
    return invalid(std::string(column), fit::format("must not be longer than {} bytes", kMaxKeyBytes));
  }
  return check_text(column, text);
}

Result<void> validate_listing(const domain::Listing& listing) {
  FIT_CHECK(check_key("source", listing.source));
  FIT_CHECK(check_key("external_id", listing.external_id));
  FIT_CHECK(check_text("title", listing.title));
  FIT_CHECK(check_text("description", listing.description));
  FIT_CHECK(check_text("brand", listing.brand));
  FIT_CHECK(check_text("currency", listing.currency));
  FIT_CHECK(check_text("size", listing.size));
  FIT_CHECK(check_text("url", listing.url));
  if (std::ranges::find(domain::kStatuses, listing.status) == domain::kStatuses.end()) {
    return invalid("status", "must be active, reserved, sold, hidden or removed");
  }
  if (listing.price && !(std::isfinite(*listing.price) && *listing.price >= 0)) {
    return invalid("price", "must be a number that is not negative");
  }
  return {};
}

Result<void> validate_image(const domain::ImageWrite& image, const DimensionsOf& dimensions_of) {
  FIT_CHECK(check_text("images.location", image.location));
  FIT_CHECK(check_text("images.sha256", image.sha256));
  FIT_CHECK(check_text("images.format", image.format));
  for (const domain::SpaceVector& vector : image.vectors) {
    FIT_TRY(const int dimensions, dimensions_of(vector.space_id));
    FIT_CHECK(validate_vector(vector.values, dimensions));
  }
  return {};
}

}  // namespace

bool is_storable_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = text.size() >= 8 && is_plain(text.data()) ? 8 : sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Result<void> validate_properties(const domain::Properties& values, const domain::PropertyOrigins& origins) {
  for (std::size_t i = 0; i < domain::kProperties.size(); ++i) {
    FIT_CHECK(check_text(domain::kProperties[i], values[i]));
    const auto& [origin, confidence] = origins[i];
    if (values[i].empty() && origin != domain::Origin::kNone) {
      return invalid(std::string(domain::kProperties[i]), "has an origin and no value");
    }
    if (!(confidence >= 0 && confidence <= 1)) {
      return invalid(std::string(domain::kProperties[i]), "must have a confidence from 0 to 1");
    }
  }
  return {};
}

Result<void> validate(const domain::ItemWrite& item, const DimensionsOf& dimensions_of) {
  FIT_CHECK(validate_listing(item.listing));
  FIT_CHECK(validate_properties(item.listing.properties, item.origins));
  FIT_CHECK(check_text("content_hash", item.content_hash));
  for (const domain::ImageWrite& image : item.images) FIT_CHECK(validate_image(image, dimensions_of));
  return {};
}

Result<void> validate_vector(std::span<const float> values, int dimensions) {
  if (values.size() != static_cast<std::size_t>(dimensions)) {
    return invalid("vector",
                   fit::format("has {} numbers, but its space has {} dimensions", values.size(), dimensions));
  }
  // The sum is not finite exactly when a number is not: floats cannot overflow a double.
  double sum = 0;
  for (const float value : values) sum += value;
  if (!std::isfinite(sum)) return invalid("vector", "must hold finite numbers");
  return {};
}

}  // namespace fit::store
