#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// Reads the answer of POST /embeddings: vectors as numbers or as base64 of little-endian float32, in any
// order of their indexes. Each comes back cut to `dimensions` and with L2 norm 1. kBadGateway for anything
// but `count` vectors, each index once, of at least `dimensions` finite numbers.
Result<std::vector<Vector>> read_embeddings(std::string_view body, std::size_t count, int dimensions);

}  // namespace fit::embed
