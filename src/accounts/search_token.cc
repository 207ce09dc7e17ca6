#include "accounts/search_token.h"

#include <algorithm>

#include "accounts/json_web_token.h"
#include "accounts/key_secret.h"
#include "accounts/one_line.h"
#include "base/format.h"
#include "base/json_reader.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxExcludedFields = 100;
constexpr std::size_t kMaxTextCharacters = 200;
constexpr std::int64_t kMaxLimit = 100;
constexpr std::string_view kAudience = "fit";

bool is_prefix(std::string_view text) {
  constexpr std::string_view kStart = "fit_";
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return text.size() == kPrefixLength && text.starts_with(kStart) &&
         std::ranges::all_of(text.substr(kStart.size()), is_digit);
}

std::string text_claim(JsonReader& reader, const std::string& name) {
  if (reader.find(name) == nullptr) return {};
  std::string text = reader.text(name);
  if (!reader.ok()) return {};
  if (const auto checked = check_token_text(name, text); !checked) reader.fail(name, checked.error().message);
  return text;
}

void check_audience(JsonReader& reader) {
  const Json* const audience = reader.find("aud");
  if (audience == nullptr) return;
  const Json ours(kAudience);
  if (*audience == ours) return;
  if (audience->is_array()) {
    for (const Json& one : *audience) {
      if (one == ours) return;
    }
  }
  reader.fail("aud", R"(must be "fit" or be left out: the token is for another service)");
}

Result<TokenClaims> parse_claims(const Json& json) {
  if (!json.is_object()) return invalid("token", "has claims that are not a JSON object");
  JsonReader reader(json);
  for (const auto& [name, value] : json.items()) {
    // A restriction that the signer failed to compute must not count as none.
    if (value.is_null()) reader.fail(name, "must not be null; leave it out");
  }
  TokenClaims claims;
  const auto expires_at = time_claim(reader, "exp");
  claims.issued_at = time_claim(reader, "iat");
  claims.not_before = time_claim(reader, "nbf");
  check_audience(reader);
  claims.id = text_claim(reader, "jti");
  claims.user_id = text_claim(reader, "user_id");
  if (const Json* const filters = reader.find("filters")) {
    if (!filters->is_object()) reader.fail("filters", "must be an object");
    claims.filters = dump_json(*filters);
  }
  if (reader.find("limit") != nullptr) {
    claims.limit = static_cast<std::size_t>(reader.integer("limit", 1, kMaxLimit));
  }
  if (reader.find("exclude_fields") != nullptr) {
    claims.exclude_fields = reader.texts("exclude_fields", kMaxExcludedFields);
  }
  FIT_CHECK(reader.finish());
  if (!expires_at) return invalid("exp", "is missing: a token must end");
  claims.expires_at = *expires_at;
  return claims;
}

Result<void> check_times(const TokenClaims& claims, Timestamp time, std::chrono::hours max_lifetime) {
  if (time >= claims.expires_at) return token_refused("exp", "is over: the token has expired");
  if (claims.expires_at > time + max_lifetime + kMaxClockSkew) {
    return token_refused("exp", fit::format("is more than {} hours ahead, as MAX_TOKEN_LIFETIME allows",
                                            max_lifetime.count()));
  }
  if (claims.not_before && *claims.not_before > time + kMaxClockSkew) {
    return token_refused("nbf", "is in the future: the token is not valid yet");
  }
  if (claims.issued_at && *claims.issued_at > time + kMaxClockSkew) {
    return token_refused("iat", "is in the future: the signer's clock is more than 5 minutes ahead");
  }
  return {};
}

std::int64_t seconds_of(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

bool may_sign_tokens(Scopes scopes) {
  return scopes == Scopes{Scope::kSearch} || scopes == Scopes{Scope::kSearch, Scope::kItemsRead};
}

Result<void> check_token_text(const std::string& claim, std::string_view text) {
  const auto is_start = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(text, is_start));
  if (characters == 0 || characters > kMaxTextCharacters || !is_one_line(text)) {
    return invalid(claim, "must be a text of 1 to 200 characters without control characters");
  }
  return {};
}

Result<std::string> signer_of(std::string_view token) {
  FIT_TRY(const JwtPtr decoded, inspect_token(token));
  if (header_of(decoded, "alg") != "HS256") return token_refused("token", "must be signed with HS256");
  const std::string_view prefix = header_of(decoded, "kid");
  if (!is_prefix(prefix)) {
    return token_refused("token", "must name its key: the header \"kid\" is the prefix of a search key");
  }
  return std::string(prefix);
}

Result<TokenClaims> read_token(std::string_view token, std::string_view secret_hash, Timestamp time,
                               std::chrono::hours max_lifetime) {
  const JwtPtr decoded = secret_hash.empty() ? nullptr : decode_token(token, secret_hash);
  if (!decoded || jwt_get_alg(decoded.get()) != JWT_ALG_HS256) {
    return token_refused("token", "is not signed by the key that its header names");
  }
  FIT_TRY(const Json json, claims_of(decoded));
  auto claims = parse_claims(json);
  if (!claims) return token_refused(claims.error().field, claims.error().message);
  FIT_CHECK(check_times(*claims, time, max_lifetime));
  return claims;
}

Result<std::string> sign_token(const TokenClaims& claims, std::string_view prefix,
                               std::string_view secret_hash) {
  Json json{{"exp", seconds_of(claims.expires_at)}};
  if (claims.issued_at) json["iat"] = seconds_of(*claims.issued_at);
  if (claims.not_before) json["nbf"] = seconds_of(*claims.not_before);
  if (!claims.id.empty()) json["jti"] = claims.id;
  if (!claims.filters.empty()) json["filters"] = Json::parse(claims.filters);
  if (claims.limit != 0) json["limit"] = claims.limit;
  if (!claims.user_id.empty()) json["user_id"] = claims.user_id;
  if (!claims.exclude_fields.empty()) json["exclude_fields"] = claims.exclude_fields;

  const Error failed = internal("the token cannot be made", "libjwt failed");
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) return failed;
  const JwtPtr token(made);
  const auto* const key = reinterpret_cast<const unsigned char*>(secret_hash.data());
  if (jwt_add_grants_json(token.get(), dump_json(json).c_str()) != 0 ||
      jwt_add_header(token.get(), "kid", std::string(prefix).c_str()) != 0 ||
      jwt_set_alg(token.get(), JWT_ALG_HS256, key, static_cast<int>(secret_hash.size())) != 0) {
    return failed;
  }
  const JwtTextPtr encoded(jwt_encode_str(token.get()));
  if (!encoded) return failed;
  return std::string(encoded.get());
}

}  // namespace fit::accounts
