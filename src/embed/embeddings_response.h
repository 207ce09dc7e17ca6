#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// Reads the response of POST /embeddings: vectors as numbers or as base64 of little-endian float32, in any
// order of their indexes. Each returned vector is truncated to `dimensions` and has L2 norm 1. kBadGateway
// unless the response has `count` vectors of at least `dimensions` finite numbers and each index once.
Result<std::vector<Vector>> read_embeddings(std::string_view body, std::size_t count, int dimensions);

}  // namespace fit::embed
