#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/clock_skew.h"
#include "accounts/scopes.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::accounts {

// A search token is a JSON Web Token (RFC 7519) that whoever has the secret of a search key may sign: HS256,
// with hash_of(secret) as the key, and the prefix of the secret in the header "kid". Its claims narrow what
// the key may do.

// The claims of a search token.
struct TokenClaims {
  Timestamp expires_at;                      // "exp"
  std::optional<Timestamp> issued_at = {};   // "iat"
  std::optional<Timestamp> not_before = {};  // "nbf"
  std::string id = {};                       // "jti", by which it can be revoked; empty: it cannot
  std::string filters = {};                  // a filter as JSON; items that do not satisfy it do not exist
  std::size_t limit = 0;                     // largest limit of a search; 0: that of the key
  std::string user_id = {};                  // whom the token is for; empty: not said
  std::vector<std::string> exclude_fields = {};  // fields that results lack
};

// Whether a key with these scopes may sign search tokens: "search", with "items:read" or without it, and
// nothing else.
bool may_sign_tokens(Scopes scopes);

// The text "kid" of a token's header, whose signature is not checked. kUnauthorized naming "token" for what
// is no JSON Web Token, for other algorithms than HS256, and without a kid of the form of a prefix.
Result<std::string> signer_of(std::string_view token);

// The claims of a token whose signature is that of `secret_hash`. kUnauthorized naming "token" or the claim
// for another signature, an unknown claim, a wrong type or value, a token for another audience than "fit",
// one that has expired or is not valid yet, and one that ends more than `max_lifetime` after `time`.
Result<TokenClaims> read_token(std::string_view token, std::string_view secret_hash, Timestamp time,
                               std::chrono::hours max_lifetime);

// Makes a token. `prefix` and `secret_hash` are those of one secret. kInternal when the library fails.
Result<std::string> sign_token(const TokenClaims& claims, std::string_view prefix,
                               std::string_view secret_hash);

// kInvalid naming the claim for a user_id or a jti that is not a text of 1 to 200 characters without control
// characters.
Result<void> check_token_text(const std::string& claim, std::string_view text);

}  // namespace fit::accounts
