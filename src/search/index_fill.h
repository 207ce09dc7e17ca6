#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "index/vector_index.h"
#include "store/catalogue.h"

namespace fit::search {

// Puts all vectors of a space into the index, by ascending image, which is the order in which the store reads
// fastest. Blocks. kCancelled when stopped, or the error of the store or the index.
Result<void> fill_index(index::VectorIndex& index, store::Catalogue& store, std::int64_t space,
                        const Progress& progress, const std::stop_token& stop);

// Brings the items of these changes to their present state in the index. Changes may be applied again.
Result<void> apply_to_index(index::VectorIndex& index, store::Catalogue& store, std::int64_t space,
                            std::span<const store::Change> changes);

// Applies the changes from `position` on until the index has reached `target` or more, and moves `position`.
// kCancelled when stopped; the changes up to `position` then are applied.
Result<void> follow_store(index::VectorIndex& index, store::Catalogue& store, std::int64_t space,
                          std::int64_t& position, std::int64_t target, const std::stop_token& stop);

}  // namespace fit::search
