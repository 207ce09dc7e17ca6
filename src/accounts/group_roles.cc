#include "accounts/group_roles.h"

#include <algorithm>
#include <ranges>

#include "base/text.h"

namespace fit::accounts {

Result<GroupRoles> GroupRoles::parse(std::string_view roles, std::string_view default_role) {
  const std::string setting = "OIDC_ROLES";
  GroupRoles parsed;
  for (const auto part : std::views::split(roles, ',')) {
    const std::string_view pair = trim(std::string_view(part.begin(), part.end()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.rfind('=');
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)).empty()) {
      return invalid(setting, "must be a list such as \"staff=editor, admins=owner\"");
    }
    FIT_TRY(const Role role, parse_role(setting, trim(pair.substr(equals + 1))));
    parsed.roles_.emplace_back(trim(pair.substr(0, equals)), role);
  }
  if (!default_role.empty()) {
    FIT_TRY(parsed.default_, parse_role("OIDC_DEFAULT_ROLE", default_role));
  }
  return parsed;
}

std::optional<Role> GroupRoles::role_of(std::span<const std::string> groups) const {
  std::optional<Role> best;
  for (const auto& [group, role] : roles_) {
    // Roles are declared from the one with most rights to the one with least.
    if (std::ranges::contains(groups, group) && (!best || role < *best)) best = role;
  }
  return best ? best : default_;
}

}  // namespace fit::accounts
