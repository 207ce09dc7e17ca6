#pragma once

#include <string>
#include <string_view>

namespace fit::accounts {

// The length of the beginning of a secret that identifies it in lists and logs: "fit_" and eight characters.
inline constexpr std::size_t kPrefixLength = 12;

// Returns a new secret of an API key: "fit_", 32 random bytes in 43 digits of base 62 (0-9A-Za-z), and six
// digits that are a checksum, by which secret scanners and typing mistakes are recognised. Thread-safe.
std::string make_key_secret();

// Whether a text has the form and the checksum of a secret of make_key_secret().
bool is_key_secret(std::string_view text);

// The beginning of a secret, which may be shown.
std::string_view prefix_of(std::string_view secret);

// Returns a new secret of a session or a one-time link: 32 random bytes in 43 digits of base 62.
std::string make_random_token();

// The SHA-256 of a secret in 64 lower-case hexadecimal digits. A secret has 256 random bits, so that a fast
// hash without a salt suffices.
std::string hash_of(std::string_view secret);

}  // namespace fit::accounts
