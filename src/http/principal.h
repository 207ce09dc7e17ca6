#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace fit::http {

struct Request;

// Who sends a request. A value type.
struct Principal {
  std::string id;  // empty: anonymous

  bool is_anonymous() const { return id.empty(); }
};

// Finds out who sends a request from its headers and its peer. An error ends the request with its problem
// response. Thread-safe; may block, as it runs on a worker.
using Authenticator = std::function<Result<Principal>(const Request&)>;

// Takes every request as anonymous.
inline Result<Principal> anonymous(const Request&) {
  return Principal{};
}

}  // namespace fit::http
