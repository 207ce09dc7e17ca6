#pragma once

#include <string>
#include <string_view>

namespace fit::notify {

// HMAC-SHA256 (RFC 2104), 32 bytes. Thread-safe.
std::string hmac_sha256(std::string_view key, std::string_view text);

// Whether two texts are equal, in a time that does not tell where they differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace fit::notify
