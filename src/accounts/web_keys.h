#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::accounts {

// A public key of a sign-in provider for one algorithm. A value type.
struct WebKey {
  std::string id;         // "kid"; may be empty
  std::string algorithm;  // "RS256" or "ES256"
  std::string pem;        // the key as libjwt reads it
};

// The keys of a JSON Web Key Set (RFC 7517) by which signatures can be checked: RSA keys of 2,048 to 8,192
// bits and keys of the curve P-256. Other keys are left out, as the standard asks: those for encryption, of
// other kinds and algorithms, and damaged ones. kBadGateway for a text that is no key set, or has more than
// 100 keys. Thread-safe.
Result<std::vector<WebKey>> parse_web_keys(std::string_view text);

}  // namespace fit::accounts
