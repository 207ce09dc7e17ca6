#include "http/credentials.h"

#include "base/text.h"
#include "http/session_cookie.h"

namespace fit::http {
namespace {

constexpr std::string_view kBearer = "bearer ";

}  // namespace

Result<Credentials> credentials_of(const Request& request) {
  const std::string_view authorization = request.headers.get("authorization");
  const std::string_view key = request.headers.get("x-api-key");
  std::string_view bearer;
  if (!authorization.empty()) {
    if (to_lower(authorization.substr(0, kBearer.size())) != kBearer) {
      return Error{ErrorCode::kUnauthorized, "must have the form \"Bearer KEY\"", "Authorization", {}};
    }
    bearer = trim(authorization.substr(kBearer.size()));
  }
  if (!key.empty() && !bearer.empty() && key != bearer) {
    return Error{ErrorCode::kUnauthorized, "is another key than that of Authorization", "X-API-Key", {}};
  }
  if (!key.empty()) return Credentials{.kind = Credentials::Kind::kSecret, .text = key};
  if (bearer.empty()) {
    FIT_TRY(const std::string_view session, session_cookie(request));
    if (session.empty()) return Credentials{};
    return Credentials{.kind = Credentials::Kind::kSession, .text = session};
  }
  // A JSON Web Token has two dots, and a key none.
  const bool is_token = bearer.contains('.');
  return Credentials{.kind = is_token ? Credentials::Kind::kToken : Credentials::Kind::kSecret,
                     .text = bearer};
}

}  // namespace fit::http
