#pragma once

#include <mutex>

#include "index/checks.h"
#include "index/graph.h"
#include "index/shared_gate.h"
#include "index/slot_table.h"
#include "index/snapshot.h"
#include "index/vector_index.h"

namespace fit::index {

// A Graph with the table of what its nodes are, and a planner that chooses between walking the graph and an
// exact scan.
//
// Updates go one at a time, in three steps: with the index to itself, take slots (microseconds); beside
// searches, link the new nodes (most of the time); with the index to itself again, let all appear at once.
class HnswIndex : public VectorIndex {
 public:
  explicit HnswIndex(const HnswOptions& options);

  // From an open snapshot of this kind and these dimensions and m.
  static Result<std::unique_ptr<VectorIndex>> load(const SnapshotReader& snapshot,
                                                   const HnswOptions& options);

  Result<void> upsert(std::span<const Entry> entries) override;
  Result<void> replace_items(std::span<const ItemId> items, std::span<const Entry> entries) override;
  void remove(std::span<const ImageId> images) override;
  Result<std::vector<Neighbor>> search(std::span<const float> query,
                                       const SearchOptions& options) const override;
  std::vector<ImageVector> vectors_of(std::span<const ItemId> items) const override;
  IndexStats stats() const override;
  int dimensions() const override { return options_.dimensions; }
  Result<void> save(const std::filesystem::path& folder, std::int64_t position,
                    const std::string& space_version) const override;

 private:
  // These with update_mutex_ held.
  Result<void> change(std::span<const Entry> added, std::span<const ImageId> forgotten);
  void reserve(std::size_t slots);
  bool link_all(Slot first, std::span<const Entry> entries);
  void compact_if_worth_it();

  // These with gate_ shared.
  std::vector<Neighbor> search_exactly(const UnitQuery& query, const SearchOptions& options) const;
  std::vector<Neighbor> search_planned(const UnitQuery& query, const SearchOptions& options) const;

  const HnswOptions options_;
  const Kernels kernels_ = best_kernels();
  mutable std::mutex update_mutex_;  // one update or save at a time; taken before gate_
  mutable SharedGate gate_;          // over what follows
  std::unique_ptr<Graph> graph_;
  SlotTable table_;
};

}  // namespace fit::index
