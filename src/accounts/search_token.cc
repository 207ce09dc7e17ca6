#include "accounts/search_token.h"

#include <jwt.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "accounts/key_secret.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxTokenBytes = 16 << 10;
constexpr std::size_t kMaxExcludedFields = 100;
constexpr std::size_t kMaxTextCharacters = 200;
constexpr std::int64_t kMaxLimit = 100;
constexpr double kMaxSeconds = 253'402'300'799;  // 9999-12-31, the last day of RFC 3339
constexpr std::string_view kAudience = "fit";

struct JwtDeleter {
  void operator()(jwt_t* token) const { jwt_free(token); }
};
using JwtPtr = std::unique_ptr<jwt_t, JwtDeleter>;

struct TextDeleter {
  void operator()(char* text) const { jwt_free_str(text); }
};
using TextPtr = std::unique_ptr<char, TextDeleter>;

Error refused(std::string field, std::string message) {
  return {ErrorCode::kUnauthorized, std::move(message), std::move(field), {}};
}

// Parses a token, and checks its signature where a key is given. Null for what is no token.
JwtPtr decode(std::string_view token, std::string_view key) {
  jwt_t* decoded = nullptr;
  const auto* const bytes = key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
  const int failed = jwt_decode(&decoded, std::string(token).c_str(), bytes, static_cast<int>(key.size()));
  JwtPtr owned(decoded);
  return failed == 0 ? std::move(owned) : nullptr;
}

// A header of a token as text; empty when it is missing or no text.
std::string_view header_of(const JwtPtr& token, const char* name) {
  const char* const value = jwt_get_header(token.get(), name);
  return value == nullptr ? std::string_view() : value;
}

bool is_prefix(std::string_view text) {
  constexpr std::string_view kStart = "fit_";
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return text.size() == kPrefixLength && text.starts_with(kStart) &&
         std::ranges::all_of(text.substr(kStart.size()), is_digit);
}

// A claim that is a time in seconds since 1970, whole or not; nullopt when it is missing.
std::optional<Timestamp> time_claim(JsonReader& reader, const std::string& name) {
  const Json* const value = reader.find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    reader.fail(name, "must be a number of seconds since 1970");
    return std::nullopt;
  }
  const double seconds = value->get<double>();
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) {
    reader.fail(name, "must be a number of seconds since 1970");
    return std::nullopt;
  }
  return Timestamp(std::chrono::microseconds(std::llround(seconds * 1e6)));
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
  if (time >= claims.expires_at) return refused("exp", "is over: the token has expired");
  if (claims.expires_at > time + max_lifetime + kMaxClockSkew) {
    return refused("exp", fit::format("is more than {} hours ahead, as MAX_TOKEN_LIFETIME allows",
                                      max_lifetime.count()));
  }
  if (claims.not_before && *claims.not_before > time + kMaxClockSkew) {
    return refused("nbf", "is in the future: the token is not valid yet");
  }
  if (claims.issued_at && *claims.issued_at > time + kMaxClockSkew) {
    return refused("iat", "is in the future: the signer's clock is more than 5 minutes ahead");
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
  const auto is_control = [](char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; };
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(text, is_start));
  if (characters == 0 || characters > kMaxTextCharacters || !is_utf8(text) ||
      std::ranges::any_of(text, is_control)) {
    return invalid(claim, "must be a text of 1 to 200 characters without control characters");
  }
  return {};
}

Result<std::string> signer_of(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return refused("token", "is too long");
  const JwtPtr decoded = token.contains('\0') ? nullptr : decode(token, {});
  if (!decoded) return refused("token", "is no JSON Web Token, whose three parts are base64url");
  if (header_of(decoded, "alg") != "HS256") return refused("token", "must be signed with HS256");
  if (const TextPtr critical(jwt_get_headers_json(decoded.get(), "crit")); critical) {
    return refused("token", "has a header \"crit\", which is not supported");
  }
  const std::string_view prefix = header_of(decoded, "kid");
  if (!is_prefix(prefix)) {
    return refused("token", "must name its key: the header \"kid\" is the prefix of a search key");
  }
  return std::string(prefix);
}

Result<TokenClaims> read_token(std::string_view token, std::string_view secret_hash, Timestamp time,
                               std::chrono::hours max_lifetime) {
  const JwtPtr decoded = secret_hash.empty() ? nullptr : decode(token, secret_hash);
  if (!decoded || jwt_get_alg(decoded.get()) != JWT_ALG_HS256) {
    return refused("token", "is not signed by the key that its header names");
  }
  const TextPtr text(jwt_get_grants_json(decoded.get(), nullptr));
  if (!text) return refused("token", "has claims that are not a JSON object");
  const auto json = parse_json("token", text.get());
  if (!json) return refused("token", "has claims that are too large or nested too deeply");
  auto claims = parse_claims(*json);
  if (!claims) return refused(claims.error().field, claims.error().message);
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
  const TextPtr encoded(jwt_encode_str(token.get()));
  if (!encoded) return failed;
  return std::string(encoded.get());
}

}  // namespace fit::accounts
