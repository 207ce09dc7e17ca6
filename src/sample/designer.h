#pragma once

#include "sample/design.h"

namespace fit::sample {

// Designs an item: kind, properties, colours and cut. The same arguments give the same design.
Design make_design(std::uint64_t seed, std::uint64_t index);

// Writes the item's listing: title, description, brand, price, size and URL.
domain::Listing write_listing(const Design& design, std::uint64_t seed, std::uint64_t index);

}  // namespace fit::sample
