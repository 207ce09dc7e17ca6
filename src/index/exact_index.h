#pragma once

#include <mutex>

#include "domain/vectors.h"
#include "index/kernels/kernels.h"
#include "index/memory_index.h"
#include "index/row_store.h"
#include "index/shared_gate.h"
#include "index/slot_table.h"
#include "index/snapshot.h"

namespace fit::index {

// An index that compares the query with every vector. Rows lie one after the other in the order of their
// slots. Thread-safe as VectorIndex says.
class ExactIndex final : public MemoryIndex {
 public:
  explicit ExactIndex(int dimensions);

  // Loads a snapshot of this kind. kMalformed when it is damaged.
  static Result<std::unique_ptr<MemoryIndex>> load(const SnapshotReader& snapshot);

  Result<void> upsert(std::span<const Entry> entries) override;
  Result<void> replace_items(std::span<const ItemId> items, std::span<const Entry> entries) override;
  void remove(std::span<const ImageId> images) override;
  Result<std::vector<domain::Neighbor>> search(std::span<const float> query,
                                               const SearchOptions& options) const override;
  std::vector<domain::ImageVector> vectors_of(std::span<const ItemId> items) const override;
  IndexStats stats() const override;
  int dimensions() const override { return dimensions_; }
  Result<void> save(const std::filesystem::path& folder, std::int64_t position,
                    const std::string& space_version) const override;

 private:
  // Callers hold gate_ exclusively.
  Result<void> insert(std::span<const Entry> entries);
  void compact();

  const int dimensions_;
  const Kernels kernels_ = best_kernels();
  mutable std::mutex update_mutex_;  // one update or save at a time; taken before gate_
  mutable SharedGate gate_;          // guards the members below
  RowStore rows_;
  SlotTable table_;
};

}  // namespace fit::index
