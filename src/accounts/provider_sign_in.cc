#include "accounts/provider_sign_in.h"

#include <algorithm>
#include <charconv>

#include "accounts/key_secret.h"
#include "accounts/url_base64.h"

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxPathBytes = 1000;

// What the cookie of a sign-in says: "SECONDS.SECRET.RETURN_TO", the last in base64.
struct Attempt {
  Timestamp begun_at;
  std::string return_to;
};

std::optional<Attempt> parse_attempt(std::string_view cookie) {
  const std::size_t first = cookie.find('.');
  const std::size_t second = cookie.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(cookie.data(), cookie.data() + first, seconds);
  auto return_to = from_url_base64(cookie.substr(second + 1));
  constexpr std::int64_t kMaxSeconds = 253'402'300'799;  // the year 9999
  if (error != std::errc{} || end != cookie.data() + first || seconds < 0 || seconds > kMaxSeconds) {
    return std::nullopt;
  }
  if (!return_to || !is_local_path(*return_to)) return std::nullopt;
  return Attempt{.begun_at = Timestamp(std::chrono::seconds(seconds)), .return_to = *std::move(return_to)};
}

OidcProvider::Authorization authorization_of(const std::string& redirect_url, const std::string& cookie) {
  return {.redirect_url = redirect_url,
          .state = url_base64_of_hash("state:" + cookie),
          .nonce = url_base64_of_hash("nonce:" + cookie),
          .verifier = url_base64_of_hash("verifier:" + cookie)};
}

}  // namespace

bool is_local_path(std::string_view text) {
  const auto is_allowed = [](char c) {
    return c > ' ' && c < '\x7f' && c != '\\' && c != '"' && c != '<' && c != '>';
  };
  return text.starts_with('/') && !text.starts_with("//") && text.size() <= kMaxPathBytes &&
         std::ranges::all_of(text, is_allowed);
}

Result<ProviderSignIn::Begun> ProviderSignIn::begin(const std::string& redirect_url,
                                                    std::string_view return_to) {
  if (!is_local_path(return_to)) {
    return invalid("return_to", "must be the path of a page of this server, of at most 1,000 bytes");
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count();
  Begun begun{.cookie = std::to_string(seconds) + '.' + make_random_token() + '.' + url_base64(return_to),
              .url = {}};
  FIT_TRY(begun.url, provider_.authorization_url(authorization_of(redirect_url, begun.cookie)));
  return begun;
}

Result<ProviderSignIn::Done> ProviderSignIn::finish(const Returned& returned) {
  const auto attempt = parse_attempt(returned.cookie);
  const auto authorization = authorization_of(returned.redirect_url, returned.cookie);
  if (!attempt || now() > attempt->begun_at + kTimeLimit || returned.state != authorization.state) {
    return Error{ErrorCode::kUnauthorized,
                 "is not of a sign-in that this browser has begun in the last 10 minutes; sign in again",
                 "state",
                 {}};
  }
  FIT_TRY(const ProviderClaims claims, provider_.redeem(authorization, returned.code));
  FIT_TRY(User user, identities_.sign_in(claims, options_.roles));
  return Done{.user = std::move(user), .return_to = attempt->return_to};
}

Result<ProviderSignIn::Caller> ProviderSignIn::caller_of(std::string_view token) {
  FIT_TRY(const ProviderClaims claims, provider_.read_bearer(token));
  FIT_TRY(auto user, identities_.find(claims.issuer, claims.subject));
  Caller caller{.subject = claims.subject, .user = std::move(user), .expires_at = claims.expires_at};
  if (caller.user) {
    if (!caller.user->is_enabled()) {
      return Error{ErrorCode::kUnauthorized, "is of a user who is disabled", "token", {}};
    }
    caller.role = caller.user->role;
    return caller;
  }
  const auto role = options_.roles.role_of(claims.groups);
  if (!role) {
    return Error{
        ErrorCode::kForbidden, "none of your groups at the sign-in provider may use this server", {}, {}};
  }
  caller.role = *role;
  return caller;
}

}  // namespace fit::accounts
