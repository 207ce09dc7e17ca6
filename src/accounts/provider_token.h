#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/web_keys.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::accounts {

// Tokens that a sign-in provider (OpenID Connect) signs: the ID token of a sign-in, and bearer tokens for the
// API. All functions are thread-safe and do not block.

// What the unchecked header of a token names.
struct TokenHead {
  std::string algorithm;  // "RS256" or "ES256"
  std::string key_id;     // may be empty
};

// Whether the header of a token names an algorithm of a sign-in provider. Search tokens have another one.
bool is_provider_token(std::string_view token);

// kUnauthorized naming "token" for what is no token and for other algorithms than RS256 and ES256.
Result<TokenHead> head_of(std::string_view token);

// What a token must say.
struct TokenRules {
  std::string issuer = {};              // with or without a slash at its end
  std::string audience = {};            // one of the token's "aud"
  std::string groups_claim = "groups";  // a claim, or the path to one: "realm_access.roles"
  // For the ID token of a sign-in: the client that it is for ("azp"), the nonce that it must repeat, and the
  // access token that came with it, which its "at_hash" must match. Empty for bearer tokens.
  std::string client_id = {};
  std::string nonce = {};
  std::string access_token = {};
};

// Who a token is about.
struct ProviderClaims {
  std::string issuer = {};   // without a slash at its end
  std::string subject = {};  // identifies the person at the issuer; at most 255 bytes
  std::string email = {};    // as the provider has it; may be empty
  bool is_email_verified = false;
  std::string name = {};
  std::vector<std::string> groups = {};
  Timestamp expires_at = {};
};

// The claims of a token whose signature is that of `key`. kUnauthorized naming "token" or the claim for
// another signature, issuer, audience, client, nonce or access token, for a token that has expired or is not
// valid yet, by more than kMaxClockSkew, and for a claim that is missing or has a wrong type.
Result<ProviderClaims> read_provider_token(std::string_view token, const WebKey& key, const TokenRules& rules,
                                           Timestamp time);

// An issuer's URL without the slash at its end, by which issuers are compared.
std::string_view without_slash(std::string_view issuer);

}  // namespace fit::accounts
