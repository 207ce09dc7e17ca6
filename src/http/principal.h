#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace fit::http {

struct Request;

// The authenticated caller of a request. A value type.
struct Principal {
  std::string id;  // empty: anonymous

  bool is_anonymous() const { return id.empty(); }
};

// Determines the caller from the headers and the peer of a request. An error ends the request with its
// problem response. Thread-safe; may block, because it runs on a worker.
using Authenticator = std::function<Result<Principal>(const Request&)>;

// Treats every request as anonymous.
inline Result<Principal> anonymous(const Request&) {
  return Principal{};
}

}  // namespace fit::http
