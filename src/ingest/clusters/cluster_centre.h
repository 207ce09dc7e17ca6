#pragma once

#include <optional>
#include <span>

#include "domain/vectors.h"

namespace fit::ingest {

// The image whose vector is nearest to the mean of all; of several the one with the smallest id. nullopt
// without vectors.
std::optional<ImageId> central_image(std::span<const domain::ImageVector> vectors);

}  // namespace fit::ingest
