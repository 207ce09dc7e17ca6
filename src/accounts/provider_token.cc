#include "accounts/provider_token.h"

#include "accounts/clock_skew.h"
#include "accounts/json_web_token.h"
#include "accounts/one_line.h"
#include "accounts/url_base64.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxSubjectBytes = 255;
constexpr std::size_t kMaxGroups = 1000;
constexpr std::size_t kHalfHashBytes = 16;

bool is_algorithm(std::string_view name) {
  return name == "RS256" || name == "ES256";
}

bool is_or_has(const Json& value, const std::string& wanted) {
  if (value.is_string()) return value.get<std::string>() == wanted;
  if (!value.is_array()) return false;
  for (const Json& one : value) {
    if (one == Json(wanted)) return true;
  }
  return false;
}

// Some providers write truth values as texts.
bool is_true(const Json* value) {
  return value != nullptr && (*value == Json(true) || *value == Json("true"));
}

// The claim of that name, or at that path of names with dots between them; null when there is none.
const Json* claim_at(const Json& claims, std::string_view path) {
  if (const auto whole = claims.find(std::string(path)); whole != claims.end()) return &*whole;
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto parent = claims.find(std::string(path.substr(0, dot)));
  if (parent == claims.end() || !parent->is_object()) return nullptr;
  return claim_at(*parent, path.substr(dot + 1));
}

std::vector<std::string> groups_of(const Json& claims, std::string_view path) {
  std::vector<std::string> groups;
  const Json* const found = claim_at(claims, path);
  if (found == nullptr) return groups;
  if (found->is_string()) groups.push_back(found->get<std::string>());
  if (!found->is_array()) return groups;
  for (const Json& one : *found) {
    if (one.is_string() && groups.size() < kMaxGroups) groups.push_back(one.get<std::string>());
  }
  return groups;
}

bool is_subject(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSubjectBytes && is_one_line(text);
}

Result<void> check_times(Timestamp expires_at, std::optional<Timestamp> issued_at,
                         std::optional<Timestamp> not_before, Timestamp time) {
  if (time >= expires_at + kMaxClockSkew) return token_refused("exp", "is over: the token has expired");
  if (issued_at && *issued_at > time + kMaxClockSkew) {
    return token_refused("iat", "is in the future: the provider's clock is more than 5 minutes ahead");
  }
  if (not_before && *not_before > time + kMaxClockSkew) {
    return token_refused("nbf", "is in the future: the token is not valid yet");
  }
  return {};
}

// The rules of an ID token (OpenID Connect Core 1.0, section 3.1.3.7).
void check_id_token(JsonReader& reader, const TokenRules& rules) {
  const std::string party = reader.optional_text("azp");
  const Json* const audience = reader.find("aud");
  const bool has_several = audience != nullptr && audience->is_array() && audience->size() > 1;
  if (party.empty() ? has_several : party != rules.client_id) {
    reader.fail("azp", "is not this server: the token is for another client");
  }
  if (reader.optional_text("nonce") != rules.nonce) reader.fail("nonce", "is not that of this sign-in");
  const std::string hash = reader.optional_text("at_hash");
  if (!hash.empty() && !rules.access_token.empty() &&
      hash != url_base64_of_hash(rules.access_token, kHalfHashBytes)) {
    reader.fail("at_hash", "is not that of the access token");
  }
}

Result<ProviderClaims> parse_claims(const Json& json, const TokenRules& rules, Timestamp time) {
  if (!json.is_object()) return invalid("token", "has claims that are not a JSON object");
  JsonReader reader(json);
  ProviderClaims claims;
  claims.issuer = without_slash(reader.optional_text("iss"));
  if (claims.issuer != without_slash(rules.issuer))
    reader.fail("iss", "is not the sign-in provider of this server");
  const Json* const audience = reader.find("aud");
  if (audience == nullptr || !is_or_has(*audience, rules.audience)) {
    reader.fail("aud", "is not this server: the token is for another service");
  }
  const auto expires_at = time_claim(reader, "exp");
  const auto issued_at = time_claim(reader, "iat");
  const auto not_before = time_claim(reader, "nbf");
  if (!expires_at) reader.fail("exp", "is missing: a token must end");
  const bool is_id_token = !rules.client_id.empty();
  if (is_id_token && !issued_at) reader.fail("iat", "is missing");
  if (is_id_token) check_id_token(reader, rules);
  claims.subject = reader.optional_text("sub");
  if (!is_subject(claims.subject)) reader.fail("sub", "must be a text of 1 to 255 bytes in one line");
  claims.email = reader.optional_text("email");
  claims.name = reader.optional_text("name");
  claims.is_email_verified = is_true(reader.find("email_verified"));
  claims.groups = groups_of(json, rules.groups_claim);
  FIT_CHECK(reader.result());
  claims.expires_at = *expires_at;
  FIT_CHECK(check_times(*expires_at, issued_at, not_before, time));
  return claims;
}

}  // namespace

std::string_view without_slash(std::string_view issuer) {
  return issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer;
}

bool is_provider_token(std::string_view token) {
  const auto decoded = inspect_token(token);
  return decoded && is_algorithm(header_of(*decoded, "alg"));
}

Result<TokenHead> head_of(std::string_view token) {
  FIT_TRY(const JwtPtr decoded, inspect_token(token));
  TokenHead head{.algorithm = std::string(header_of(decoded, "alg")),
                 .key_id = std::string(header_of(decoded, "kid"))};
  if (!is_algorithm(head.algorithm)) return token_refused("token", "must be signed with RS256 or ES256");
  return head;
}

Result<ProviderClaims> read_provider_token(std::string_view token, const WebKey& key, const TokenRules& rules,
                                           Timestamp time) {
  FIT_TRY(const TokenHead head, head_of(token));
  // The algorithm is the key's, so that a token cannot have its signature checked by another one.
  const JwtPtr decoded = head.algorithm == key.algorithm ? decode_token(token, key.pem) : nullptr;
  if (!decoded || header_of(decoded, "alg") != key.algorithm) {
    return token_refused("token", "is not signed by a key of the sign-in provider");
  }
  FIT_TRY(const Json json, claims_of(decoded));
  auto claims = parse_claims(json, rules, time);
  if (!claims) return token_refused(claims.error().field, claims.error().message);
  return claims;
}

}  // namespace fit::accounts
