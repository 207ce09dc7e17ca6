#pragma once

#include <optional>

#include "base/result.h"
#include "http/principal.h"

namespace fit::http {

struct Request;

// Determines the caller of a request from its headers. Thread-safe. kUnauthorized for credentials that are
// not valid; a request without credentials is anonymous, which is no error. Other errors for a tenant that
// the caller may not enter.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // The caller if it can be told without blocking; nullopt otherwise.
  virtual std::optional<Result<Principal>> try_authenticate(const Request& request) = 0;

  // The caller. May block.
  virtual Result<Principal> authenticate(const Request& request) = 0;
};

// Takes everybody for Principal::local(), in the tenant "default".
class OpenAccess final : public Authenticator {
 public:
  std::optional<Result<Principal>> try_authenticate(const Request&) override { return Principal::local(); }
  Result<Principal> authenticate(const Request&) override { return Principal::local(); }
};

}  // namespace fit::http
