#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/roles.h"
#include "base/result.h"

namespace fit::accounts {

// Which role the groups of a sign-in provider give. Immutable, thread-safe.
class GroupRoles {
 public:
  GroupRoles() = default;

  // Reads OIDC_ROLES, such as "staff=editor, admins=owner", and OIDC_DEFAULT_ROLE, which may be empty.
  // kInvalid naming the setting.
  static Result<GroupRoles> parse(std::string_view roles, std::string_view default_role);

  // The role of somebody with these groups: that of the group that gives most, otherwise the default.
  // nullopt: they may not sign in.
  std::optional<Role> role_of(std::span<const std::string> groups) const;

  // Whether groups decide the role of users, also of those who have one already.
  bool decide() const { return !roles_.empty(); }

 private:
  std::vector<std::pair<std::string, Role>> roles_;
  std::optional<Role> default_;
};

}  // namespace fit::accounts
