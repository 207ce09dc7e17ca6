#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace fit::accounts {

// One-time codes of authenticator apps: TOTP (RFC 6238, liboath) with SHA-1, six digits and steps of 30
// seconds, which all apps know. Thread-safe.

// Returns a new secret: 160 random bits in base 32.
std::string make_totp_secret();

// The number of the 30-second step whose code this is: the current one, the one before or the one after;
// nullopt for another code. kDamaged for a secret that is not in base 32.
Result<std::optional<std::int64_t>> totp_step(const std::string& secret, std::string_view code,
                                              Timestamp time);

// The text of the QR code that an authenticator app reads.
std::string otpauth_uri(std::string_view secret, std::string_view email);

// Returns ten new recovery codes: 80 random bits each, as "abcd-efgh-ijkl-mnop" in base 32.
std::vector<std::string> make_recovery_codes();

// The hash_of() a recovery code, typed with or without hyphens and in any case; nullopt for a text that
// cannot be one.
std::optional<std::string> recovery_code_hash(std::string_view code);

}  // namespace fit::accounts
