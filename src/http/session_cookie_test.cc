#include "http/session_cookie.h"

#include <gtest/gtest.h>

#include "http/credentials.h"

namespace fit::http {
namespace {

using Kind = Credentials::Kind;

Request with_cookie(std::string_view cookie, bool is_https = false) {
  Request request;
  request.is_https = is_https;
  request.headers.add("cookie", cookie);
  return request;
}

TEST(SessionCookie, HasAPrefixByHttpsThatBrowsersProtect) {
  Request request;
  EXPECT_EQ(make_session_cookie(request, "abc", std::chrono::hours(1)),
            "fit-session=abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
  request.is_https = true;
  EXPECT_EQ(make_session_cookie(request, "abc", std::chrono::hours(1)),
            "__Host-fit=abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(expired_session_cookie(request),
            "__Host-fit=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

TEST(SessionCookie, IsReadByTheNameOfTheScheme) {
  EXPECT_EQ(session_cookie(with_cookie("a=b; fit-session=abc;c=d")).value(), "abc");
  EXPECT_EQ(session_cookie(with_cookie("__Host-fit=abc", true)).value(), "abc");
  for (const char* cookie : {"", "a=b", "fit-session", "fit-session=", "__Host-fit=abc", "Fit-Session=abc",
                             "xfit-session=abc", "a=fit-session=abc"}) {
    EXPECT_EQ(session_cookie(with_cookie(cookie)).value(), "") << cookie;
  }
  EXPECT_EQ(session_cookie(with_cookie("fit-session=abc", true)).value(), "") << "a cookie of plain http";
}

TEST(SessionCookie, SeveralAreRefused) {
  EXPECT_EQ(session_cookie(with_cookie("fit-session=a; fit-session=b")).error().code,
            ErrorCode::kUnauthorized);
  EXPECT_EQ(session_cookie(with_cookie("fit-session=a; fit-session=a")).value(), "a");
}

TEST(SessionCookie, HeadersCountBeforeIt) {
  Request request = with_cookie("fit-session=abc");
  EXPECT_EQ(credentials_of(request)->kind, Kind::kSession);
  EXPECT_EQ(credentials_of(request)->text, "abc");
  request.headers.add("x-api-key", "key");
  EXPECT_EQ(credentials_of(request)->kind, Kind::kSecret);
  EXPECT_EQ(credentials_of(Request{})->kind, Kind::kNone);
}

}  // namespace
}  // namespace fit::http
