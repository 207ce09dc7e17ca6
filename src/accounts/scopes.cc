#include "accounts/scopes.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "base/format.h"

namespace fit::accounts {
namespace {

std::optional<Scope> scope_of(std::string_view name) {
  const auto found = std::ranges::find(kScopeNames, name);
  if (found == kScopeNames.end()) return std::nullopt;
  return static_cast<Scope>(found - kScopeNames.begin());
}

std::string known_names() {
  std::string names;
  for (const std::string& name : Scopes::all_of_keys().names()) names += name + ", ";
  return names + "or * for all";
}

}  // namespace

std::string_view to_string(Scope scope) {
  return kScopeNames[static_cast<std::size_t>(scope)];
}

Result<Scopes> Scopes::parse(const std::string& field, std::span<const std::string> names) {
  Scopes scopes;
  for (const std::string& name : names) {
    if (name == "*") {
      scopes = scopes | all_of_keys();
      continue;
    }
    const auto scope = scope_of(name);
    if (!scope || !all_of_keys().contains(*scope)) {
      return invalid(field,
                     fit::format("\"{}\" is no scope; scopes are {}", name.substr(0, 100), known_names()));
    }
    scopes = scopes | Scopes{*scope};
  }
  if (scopes.empty()) return invalid(field, "is empty; scopes are " + known_names());
  return scopes;
}

Scopes Scopes::from_text(std::string_view text) {
  Scopes scopes;
  for (const auto part : std::views::split(text, ' ')) {
    if (const auto scope = scope_of(std::string_view(part.begin(), part.end())))
      scopes = scopes | Scopes{*scope};
  }
  return scopes;
}

std::string Scopes::text() const {
  std::string text;
  for (const std::string& name : names()) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::vector<std::string> Scopes::names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kScopeNames.size(); ++i) {
    if (contains(static_cast<Scope>(i))) names.emplace_back(kScopeNames[i]);
  }
  return names;
}

}  // namespace fit::accounts
