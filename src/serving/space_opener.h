#pragma once

#include <memory>

#include "base/result.h"
#include "serving/searched_space.h"
#include "serving/space_records.h"

namespace fit::serving {

// Opens the spaces that one catalogue is searched in. Thread-safe, as are the objects that it was given.
class SpaceOpener {
 public:
  SpaceOpener(SearchedSpace::Parts parts, SearchedSpace::Options options)
      : parts_(std::move(parts)), options_(std::move(options)) {}

  // Opens the chosen space, or that of the settings. The errors of embed::make_embedder() and of the store;
  // kUnavailable when the installed model has another version than the one that made the space's vectors.
  Result<std::unique_ptr<SearchedSpace>> open(const SpaceChoice& choice) const;

  // Opens the space that the catalogue names as chosen (catalog/chosen_space.h). If this machine cannot open
  // it, logs the error and opens the space of the settings.
  Result<std::unique_ptr<SearchedSpace>> open_active() const;

  // Whether the configured embedder makes the vectors of this space.
  bool is_of_settings(const domain::SpaceRecord& space) const;

 private:
  Result<std::shared_ptr<embed::Embedder>> embedder_of(const domain::SpaceRecord& space) const;

  const SearchedSpace::Parts parts_;
  const SearchedSpace::Options options_;
};

}  // namespace fit::serving
