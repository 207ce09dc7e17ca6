#pragma once

#include "accounts/accounts.h"
#include "http/account_authenticator.h"
#include "http/message.h"

// What the routes that begin and end sessions share.
namespace fit::http {

// Where the request comes from.
accounts::SessionClient client_of(const Request& request);

// Ends the session whose cookie the browser sent, if there is one. Done before another one begins, so that a
// token that somebody else has planted in the browser is worth nothing. Blocks.
Result<void> end_session_of(const Request& request, accounts::Accounts& accounts,
                            AccountAuthenticator& authenticator);

// Gives the browser the cookie of a session that has begun.
void add_session_cookie(Response& response, const Request& request, const accounts::IssuedSession& session,
                        const accounts::SessionLimits& limits);

}  // namespace fit::http
