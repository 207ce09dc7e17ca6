#include "http/session_cookie.h"

#include <ranges>

#include "base/format.h"
#include "base/text.h"

namespace fit::http {
namespace {

std::string_view name_of(const Request& request) {
  return request.is_https ? "__Host-fit" : "fit-session";
}

std::string_view sign_in_name_of(const Request& request) {
  return request.is_https ? "__Host-fit-sign-in" : "fit-sign-in";
}

Result<std::string_view> cookie_of(const Request& request, std::string_view name) {
  std::string_view found;
  for (const auto part : std::views::split(request.headers.get("cookie"), ';')) {
    const std::string_view pair = trim(std::string_view(part.begin(), part.end()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    const std::string_view value = pair.substr(equals + 1);
    if (!found.empty() && found != value) {
      return Error{
          ErrorCode::kUnauthorized, "has several sessions; remove the cookies of this site", "Cookie", {}};
    }
    found = value;
  }
  return found;
}

std::string make_cookie(const Request& request, std::string_view name, std::string_view value,
                        std::chrono::seconds lifetime) {
  return fit::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", name, value, lifetime.count(),
                     request.is_https ? "; Secure" : "");
}

}  // namespace

Result<std::string_view> session_cookie(const Request& request) {
  return cookie_of(request, name_of(request));
}

std::string make_session_cookie(const Request& request, std::string_view token,
                                std::chrono::seconds lifetime) {
  return make_cookie(request, name_of(request), token, lifetime);
}

std::string expired_session_cookie(const Request& request) {
  return make_session_cookie(request, "", std::chrono::seconds(0));
}

Result<std::string_view> sign_in_cookie(const Request& request) {
  return cookie_of(request, sign_in_name_of(request));
}

std::string make_sign_in_cookie(const Request& request, std::string_view value,
                                std::chrono::seconds lifetime) {
  return make_cookie(request, sign_in_name_of(request), value, lifetime);
}

std::string expired_sign_in_cookie(const Request& request) {
  return make_sign_in_cookie(request, "", std::chrono::seconds(0));
}

}  // namespace fit::http
