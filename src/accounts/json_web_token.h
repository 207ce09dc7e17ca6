#pragma once

#include <jwt.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json_reader.h"
#include "base/result.h"

// What search tokens and the tokens of a sign-in provider share: JSON Web Tokens (RFC 7519) read by libjwt.
// For this folder. All functions are thread-safe and do not block.
namespace fit::accounts {

inline constexpr std::size_t kMaxTokenBytes = 16 << 10;

struct JwtDeleter {
  void operator()(jwt_t* token) const { jwt_free(token); }
};
using JwtPtr = std::unique_ptr<jwt_t, JwtDeleter>;

struct JwtTextDeleter {
  void operator()(char* text) const { jwt_free_str(text); }
};
using JwtTextPtr = std::unique_ptr<char, JwtTextDeleter>;

// kUnauthorized naming "token" or a claim.
Error token_refused(std::string field, std::string message);

// Parses a token, and checks its signature where a key is given: the bytes of a shared secret, or a public
// key as PEM. The algorithm is the one that the token names; the caller checks that the key is of that
// algorithm. Null for what is no token and for a wrong signature.
JwtPtr decode_token(std::string_view token, std::string_view key);

// The token with its signature unchecked. kUnauthorized naming "token" for what is too long, is no token, or
// has the header "crit", whose extensions are not supported.
Result<JwtPtr> inspect_token(std::string_view token);

// A header of a token as text; empty when it is missing or no text.
std::string_view header_of(const JwtPtr& token, const char* name);

// The claims of a token. kUnauthorized naming "token" when they are too large or nested too deeply.
Result<Json> claims_of(const JwtPtr& token);

// A claim that is a time in seconds since 1970, whole or not; nullopt when it is missing. A wrong type or
// value is a problem of the reader.
std::optional<Timestamp> time_claim(JsonReader& reader, const std::string& name);

}  // namespace fit::accounts
