#pragma once

#include "sample/design.h"

namespace fit::sample {

// Decides all of an item but its photos: kind, properties, colours, cut. The same for the same numbers.
Design make_design(std::uint64_t seed, std::uint64_t index);

// The listing of such an item: title, description, brand, price, size, link.
domain::Listing write_listing(const Design& design, std::uint64_t seed, std::uint64_t index);

}  // namespace fit::sample
