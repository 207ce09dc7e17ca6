#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace fit::http {

// The cookie that holds the token of a session. By https it is "__Host-fit", which a browser takes from this
// host alone and sends by https alone; by http it is "fit-session".

// The cookie of a request; empty when there is none. kUnauthorized for several of that name.
Result<std::string_view> session_cookie(const Request& request);

// The values of Set-Cookie that give the browser a token, and that remove it.
std::string make_session_cookie(const Request& request, std::string_view token,
                                std::chrono::seconds lifetime);
std::string expired_session_cookie(const Request& request);

// The same of the cookie that binds a sign-in at a sign-in provider to the browser that began it:
// "__Host-fit-sign-in", by http "fit-sign-in".
Result<std::string_view> sign_in_cookie(const Request& request);
std::string make_sign_in_cookie(const Request& request, std::string_view value,
                                std::chrono::seconds lifetime);
std::string expired_sign_in_cookie(const Request& request);

}  // namespace fit::http
