#pragma once

#include <string>

#include "accounts/api_keys.h"
#include "accounts/users.h"

// Records of accounts, for tests of this folder and of folders above it.
namespace fit::accounts::testing {

inline KeyOptions search_key(const std::string& name) {
  return {.name = name, .scopes = {Scope::kSearch}, .filters = "{}", .rate_limit = {}, .expires_at = {}};
}

inline NewUser ann() {
  return {.email = "ann@example.org", .name = "Ann", .role = Role::kEditor};
}

}  // namespace fit::accounts::testing
