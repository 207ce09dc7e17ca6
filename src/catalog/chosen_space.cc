#include "catalog/chosen_space.h"

#include <algorithm>

#include "base/format.h"

namespace fit::catalog {
namespace {

constexpr const char* kNote = "chosen_space";

}  // namespace

Result<std::optional<domain::SpaceRecord>> chosen_space(store::Catalogue& store) {
  FIT_TRY(const std::string chosen, store.metadata().get(kNote));
  if (chosen.empty()) return std::nullopt;
  FIT_TRY(const auto spaces, store.spaces().list());
  const auto found = std::ranges::find(
      spaces, chosen, [](const domain::SpaceRecord& space) { return std::to_string(space.id); });
  if (found == spaces.end()) {
    return not_found(fit::format("the catalogue has no space {}, which was chosen for its searches", chosen));
  }
  return *found;
}

Result<void> choose_space(store::Catalogue& store, const std::optional<domain::SpaceRecord>& space) {
  return store.metadata().put(kNote, space ? std::to_string(space->id) : std::string());
}

}  // namespace fit::catalog
