#pragma once

#include <string>
#include <vector>

#include "accounts/identities.h"
#include "accounts/web_keys.h"
#include "base/json.h"
#include "net/test_server.h"

namespace fit::accounts::testing {

// A key pair of a sign-in provider. Making one of RSA takes about a tenth of a second.
class ProviderKey {
 public:
  // "RS256" or "ES256". Throws std::runtime_error.
  ProviderKey(std::string id, std::string algorithm, unsigned rsa_bits = 2048);

  Json web_key() const { return web_key_; }
  const std::string& public_pem() const { return public_pem_; }
  WebKey parsed() const;

  // A token with these claims, signed by this key. `algorithm` is that of the header; for HS256 the secret is
  // the public key.
  std::string sign(const Json& claims, const std::string& algorithm = "") const;

 private:
  std::string id_;
  std::string algorithm_;
  std::string private_pem_;
  std::string public_pem_;
  Json web_key_;
};

// The body of a set of keys.
std::string key_set(const std::vector<const ProviderKey*>& keys);

// Claims of a person of the issuer that are valid now, for the audience "fit".
Json valid_claims(const std::string& issuer);

// Seconds since 1970.
std::int64_t seconds_from_now(std::int64_t seconds);

}  // namespace fit::accounts::testing
