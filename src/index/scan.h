#pragma once

#include <span>

#include "domain/vectors.h"
#include "index/kernels/kernels.h"
#include "index/slot_table.h"
#include "index/top_items.h"

namespace fit::index {

// The vectors of an index in memory: that of slot s lies at base + s * stride_bytes. Borrows the memory.
struct VectorRows {
  const std::byte* base = nullptr;
  std::size_t stride_bytes = 0;
  std::size_t dimensions = 0;

  const float* operator[](std::size_t slot) const {
    return reinterpret_cast<const float*>(base + slot * stride_bytes);
  }
};

// Compares the query with the vector of each slot and adds the similarities to `best`. The slots are live.
void scan(const Kernels& kernels, const VectorRows& rows, const float* query, const SlotTable& table,
          std::span<const Slot> slots, TopItems& best);

// Copies of the items' vectors, in the order of the items.
std::vector<domain::ImageVector> read_vectors(const SlotTable& table, const VectorRows& rows,
                                              std::span<const ItemId> items);

}  // namespace fit::index
