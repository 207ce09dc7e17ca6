#include "accounts/json_web_token.h"

#include <chrono>
#include <cmath>

namespace fit::accounts {
namespace {

constexpr double kMaxSeconds = 253'402'300'799;  // 9999-12-31, the last day of RFC 3339

}  // namespace

Error token_refused(std::string field, std::string message) {
  return {ErrorCode::kUnauthorized, std::move(message), std::move(field), {}};
}

JwtPtr decode_token(std::string_view token, std::string_view key) {
  jwt_t* decoded = nullptr;
  const auto* const bytes = key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
  const int failed = jwt_decode(&decoded, std::string(token).c_str(), bytes, static_cast<int>(key.size()));
  JwtPtr owned(decoded);
  return failed == 0 ? std::move(owned) : nullptr;
}

Result<JwtPtr> inspect_token(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return token_refused("token", "is too long");
  JwtPtr decoded = token.contains('\0') ? nullptr : decode_token(token, {});
  if (!decoded) {
    return token_refused("token", "is no JSON Web Token, whose three parts are base64url");
  }
  if (const JwtTextPtr critical(jwt_get_headers_json(decoded.get(), "crit")); critical) {
    return token_refused("token", "has a header \"crit\", which is not supported");
  }
  return decoded;
}

std::string_view header_of(const JwtPtr& token, const char* name) {
  const char* const value = jwt_get_header(token.get(), name);
  return value == nullptr ? std::string_view() : value;
}

Result<Json> claims_of(const JwtPtr& token) {
  const JwtTextPtr text(jwt_get_grants_json(token.get(), nullptr));
  if (!text) return token_refused("token", "has claims that are not a JSON object");
  auto json = parse_json("token", text.get());
  if (!json) return token_refused("token", "has claims that are too large or nested too deeply");
  return json;
}

std::optional<Timestamp> time_claim(JsonReader& reader, const std::string& name) {
  const Json* const value = reader.find(name);
  if (value == nullptr) return std::nullopt;
  const double seconds = value->is_number() ? value->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) {
    reader.fail(name, "must be a number of seconds since 1970");
    return std::nullopt;
  }
  return Timestamp(std::chrono::microseconds(std::llround(seconds * 1e6)));
}

}  // namespace fit::accounts
