#pragma once

#include <span>
#include <vector>

#include "index/scan.h"
#include "index/slot_table.h"
#include "index/vector_index.h"

namespace fit::index {

// The changes that VectorIndex::replace_items() has to make. The vectors are those of its arguments.
struct Replacement {
  std::vector<Entry> added;      // new images, and images whose vector or item differs from the stored one
  std::vector<ImageId> removed;  // the items' images that are not among the entries
};

Replacement plan_replacement(const SlotTable& table, const VectorRows& rows, std::span<const ItemId> items,
                             std::span<const Entry> entries);

// Whether dead slots make up more than 30 % of an index and are worth the work of compacting.
bool too_many_dead(const SlotTable& table);

}  // namespace fit::index
