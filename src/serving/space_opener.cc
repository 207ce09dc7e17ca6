#include "serving/space_opener.h"

#include "base/format.h"
#include "catalog/chosen_space.h"

namespace fit::serving {

Result<std::unique_ptr<SearchedSpace>> SpaceOpener::open(const SpaceChoice& choice) const {
  FIT_TRY(auto embedder, choice ? embedder_of(*choice) : parts_.embedders.open(""));
  return SearchedSpace::open(parts_, options_, std::move(embedder), choice.has_value());
}

Result<std::unique_ptr<SearchedSpace>> SpaceOpener::open_active() const {
  const auto choice = catalog::chosen_space(parts_.store);
  if (!choice && choice.error().code != ErrorCode::kNotFound) return choice.error();
  if (choice && !*choice) return open(std::nullopt);
  Error problem = choice ? Error{} : choice.error();
  if (choice) {
    auto space = open(*choice);
    if (space) return space;
    problem = space.error();
  }
  parts_.log.warning("the chosen space cannot be searched here; searching the space of the settings",
                     {{"space", choice ? (*choice)->name : ""}, {"reason", problem.describe()}});
  return open(std::nullopt);
}

bool SpaceOpener::is_of_settings(const domain::SpaceRecord& space) const {
  const auto configured = parts_.embedders.space_of("");
  return configured && makes_vectors_of(*configured, space);
}

// The embedder of a space is known by the model's name, or is the configured one, whose model may be in any
// folder.
Result<std::shared_ptr<embed::Embedder>> SpaceOpener::embedder_of(const domain::SpaceRecord& space) const {
  const auto by_name = parts_.embedders.space_of(space.model);
  if (by_name && makes_vectors_of(*by_name, space)) return parts_.embedders.open(space.model);
  if (is_of_settings(space)) return parts_.embedders.open("");
  if (!by_name) return by_name.error();
  return Error{ErrorCode::kUnavailable,
               fit::format("the model '{}' here is version {}, and the vectors of the space {} are of {}",
                           space.model, by_name->version, space.name, space.version),
               {},
               {}};
}

}  // namespace fit::serving
