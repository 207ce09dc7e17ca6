#pragma once

#include <mutex>

#include "domain/vectors.h"
#include "index/checks.h"
#include "index/graph/graph.h"
#include "index/memory_index.h"
#include "index/shared_gate.h"
#include "index/slot_table.h"
#include "index/snapshot.h"

namespace fit::index {

// A hierarchical navigable small world graph (Malkov, Yashunin 2018, arXiv:1603.09320; graph.h says how ours
// differs) with the table of its images and items, and a planner that chooses between a graph search and
// an exact scan. Searches with a filter or a min_similarity that few images satisfy are exact. With such a
// min_similarity they compare the query with every image (about 0.2 ms a thousand images of 512 dimensions).
//
// An update runs in three steps: it reserves slots with the gate locked (microseconds), links the new nodes
// beside searches (most of the time), and publishes them all with the gate locked again. Thread-safe as
// VectorIndex says.
class HnswIndex final : public MemoryIndex {
 public:
  explicit HnswIndex(const IndexOptions& options);

  // Loads a snapshot whose kind, dimensions and m are those of the options. kMalformed when it is damaged.
  static Result<std::unique_ptr<MemoryIndex>> load(const SnapshotReader& snapshot,
                                                   const IndexOptions& options);

  Result<void> upsert(std::span<const Entry> entries) override;
  Result<void> replace_items(std::span<const ItemId> items, std::span<const Entry> entries) override;
  void remove(std::span<const ImageId> images) override;
  Result<std::vector<domain::Neighbor>> search(std::span<const float> query,
                                               const SearchOptions& options) const override;
  std::vector<domain::ImageVector> vectors_of(std::span<const ItemId> items) const override;
  IndexStats stats() const override;
  int dimensions() const override { return options_.dimensions; }
  Result<void> save(const std::filesystem::path& folder, std::int64_t position,
                    const std::string& space_version) const override;

 private:
  // Callers hold update_mutex_.
  Result<void> change(std::span<const Entry> added, std::span<const ImageId> removed);
  void reserve(std::size_t slots);
  std::size_t build_threads() const;
  bool link_all(Slot first, std::span<const Entry> entries);
  void compact_if_worth_it();

  // Callers hold gate_ shared.
  std::vector<domain::Neighbor> search_exactly(const UnitQuery& query, const SearchOptions& options) const;
  std::vector<domain::Neighbor> search_planned(const UnitQuery& query, const SearchOptions& options) const;

  const IndexOptions options_;
  const Kernels kernels_ = best_kernels();
  mutable std::mutex update_mutex_;  // one update or save at a time; taken before gate_
  mutable SharedGate gate_;          // guards the members below
  std::unique_ptr<Graph> graph_;
  SlotTable table_;
};

}  // namespace fit::index
