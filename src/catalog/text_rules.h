#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/records.h"

namespace fit::catalog {

// The checks that every listing passes, whether it comes as JSON or as a CSV row. All are pure functions.

// The longest accepted texts, in bytes of UTF-8.
inline constexpr std::size_t kMaxSource = 128;
inline constexpr std::size_t kMaxExternalId = 1000;
inline constexpr std::size_t kMaxTitle = 1000;
inline constexpr std::size_t kMaxDescription = 20'000;
inline constexpr std::size_t kMaxBrand = 200;
inline constexpr std::size_t kMaxSize = 100;
inline constexpr std::size_t kMaxUrl = 4096;
inline constexpr std::size_t kMaxProperty = 100;
inline constexpr double kMaxPrice = 1e12;

// Whether the text begins with http:// or https:// and continues after it.
bool is_http_url(std::string_view text);

// Sets one text field of the listing by its name: "source", "external_id", "title", "description", "brand",
// "currency", "size", "url", "status", "listed_at" or one of domain::kProperties. Blanks at the ends are
// removed; an empty text leaves the field as it is. False for an unknown name. kInvalid naming the field for
// text that is not UTF-8, has control characters (a description may have line breaks), is too long, or is not
// a currency, status, time or http(s) URL.
Result<bool> set_text(domain::Listing& listing, std::string_view name, std::string_view text);

// The text field of the listing with this name, as set_text() has them, except "listed_at". Null for other
// names.
std::string* find_text(domain::Listing& listing, std::string_view name);
const std::string* find_text(const domain::Listing& listing, std::string_view name);
// The size in bytes of the longest text that set_text() accepts for the field; 0 for other names.
std::size_t max_text_bytes(std::string_view name);

// Returns the price. kInvalid naming "price" when it is not finite, negative or above kMaxPrice.
Result<double> check_price(double price);

}  // namespace fit::catalog
