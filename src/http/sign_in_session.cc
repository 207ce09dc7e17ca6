#include "http/sign_in_session.h"

#include "accounts/key_secret.h"
#include "http/session_cookie.h"

namespace fit::http {

accounts::SessionClient client_of(const Request& request) {
  return {.address = request.client_address, .agent = std::string(request.headers.get("user-agent"))};
}

Result<void> end_session_of(const Request& request, accounts::Accounts& accounts,
                            AccountAuthenticator& authenticator) {
  const auto token = session_cookie(request);
  if (!token || token->empty()) return {};
  FIT_CHECK(accounts.sessions().end(accounts::hash_of(*token)));
  authenticator.forget();
  return {};
}

void add_session_cookie(Response& response, const Request& request, const accounts::IssuedSession& session,
                        const accounts::SessionLimits& limits) {
  response.headers.emplace_back("Set-Cookie", make_session_cookie(request, session.token, limits.lifetime));
}

}  // namespace fit::http
