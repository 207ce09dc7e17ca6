#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "accounts/scopes.h"
#include "base/result.h"

namespace fit::accounts {

// What a user is to the catalogue.
enum class Role : std::uint8_t {
  kOwner,    // "owner": everything, users and keys too
  kEditor,   // "editor": searches, reads and changes items
  kViewer,   // "viewer": searches and reads items
  kShopper,  // "shopper": a customer, who searches and reads items
  kNone,     // "none": may not enter the catalogue, only others (tenants.h)
};

inline constexpr std::array<std::string_view, 5> kRoleNames = {"owner", "editor", "viewer", "shopper",
                                                               "none"};

std::string_view to_string(Role role);

// A role that people give to a user: not "none". kInvalid naming `field` for other names.
Result<Role> parse_role(const std::string& field, std::string_view name);

// The role of a name in the database. One that a newer version may have written is that of a viewer.
Role stored_role(std::string_view name);

// The scopes of the users of a role. All of them have kAccount.
Scopes scopes_of(Role role);

}  // namespace fit::accounts
