#pragma once

#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace fit::http {

// What a request says about its caller. Borrows the request.
struct Credentials {
  enum class Kind {
    kNone,
    kSecret,   // an API key: "Authorization: Bearer fit_..." or "X-API-Key"
    kToken,    // another bearer token
    kSession,  // the cookie of a signed-in browser
  };
  Kind kind = Kind::kNone;
  std::string_view text;
};

// Reads the credentials of a request; those of a header count before a cookie, which browsers send without
// being asked. kUnauthorized for an Authorization header of another scheme than Bearer, for two different
// credentials in headers, and for two cookies of a session: another site may have set one of them.
Result<Credentials> credentials_of(const Request& request);

}  // namespace fit::http
