#include "accounts/roles.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"

namespace fit::accounts {

std::string_view to_string(Role role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}

Result<Role> parse_role(const std::string& field, std::string_view name) {
  const auto* const found = std::ranges::find(kRoleNames, name);
  if (found == kRoleNames.end() || name == to_string(Role::kNone)) {
    return invalid(
        field, fit::format("must be owner, editor, viewer or shopper, not \"{}\"", utf8_prefix(name, 100)));
  }
  return static_cast<Role>(found - kRoleNames.begin());
}

Role stored_role(std::string_view name) {
  const auto* const found = std::ranges::find(kRoleNames, name);
  return found == kRoleNames.end() ? Role::kViewer : static_cast<Role>(found - kRoleNames.begin());
}

Scopes scopes_of(Role role) {
  switch (role) {
    case Role::kOwner:
      return Scopes::all_of_keys() | Scopes{Scope::kAccount};
    case Role::kEditor:
      return {Scope::kSearch, Scope::kItemsRead, Scope::kItemsWrite, Scope::kContentReview,
              Scope::kEmbed,  Scope::kIngest,    Scope::kAccount};
    case Role::kViewer:
    case Role::kShopper:
      return {Scope::kSearch, Scope::kItemsRead, Scope::kAccount};
    case Role::kNone:
      return {Scope::kAccount};
  }
  return {};
}

}  // namespace fit::accounts
