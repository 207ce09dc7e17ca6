#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Base64 with the alphabet of URLs and without padding (RFC 4648, section 5), as web tokens and web keys have
// it. Thread-safe.
namespace fit::accounts {

std::string url_base64(std::string_view bytes);

// The bytes of such a text; nullopt for any other text.
std::optional<std::string> from_url_base64(std::string_view text);

// The first `bytes` bytes of the SHA-256 of a text, 32 at most, as such a text.
std::string url_base64_of_hash(std::string_view text, std::size_t bytes = 32);

}  // namespace fit::accounts
