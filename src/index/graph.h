#pragma once

#include <hnswlib/hnswlib.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "index/kernels.h"
#include "index/row_store.h"
#include "index/scan.h"
#include "index/slot_table.h"

namespace fit::index {

struct GraphShape {
  std::size_t dimensions = 0;
  std::size_t m = 16;
  std::size_t ef_construction = 200;
};

// Where searches enter: the node of the highest level among those they may use.
struct GraphEntry {
  Slot node = kNoSlot;  // kNoSlot: the graph is empty
  int level = -1;
};

struct GraphQuery {
  const float* vector = nullptr;
  std::size_t width = 0;                         // how many of the nearest matching nodes to keep: HNSW's ef
  const ItemSet* filter = nullptr;               // nodes outside are walked through but not answered
  std::size_t most_distances = ~std::size_t{0};  // gives up after about so many
};

struct GraphAnswer {
  struct Hit {
    float score = 0;
    Slot node = 0;
  };
  std::vector<Hit> hits;      // in no order
  std::size_t distances = 0;  // computed on the way
  bool gave_up = false;       // most_distances was reached: there may be nearer ones
};

// The small-world graph of one index: hnswlib's construction (its neighbour choice, its locks, its memory
// layout) over rows of our own, and a search of our own: filters, a budget, rows fetched four at a time, and
// safe beside insertions, which hnswlib's is not. A node's number is its slot. Dead nodes stay as way-points
// until compacted().
//
// hnswlib: node n's row holds its vector, then the links of level 0 as a count and 2m numbers; upper levels
// have m.
//
// begin_links() .. end_links() bracket insertions: link() may then run on many threads, and searches take
// each list's lock while they copy it. Outside, lists are read without locks. The caller keeps those two, and
// all that changes the graph's size, from running beside anything else.
class Graph {
 public:
  Graph(const GraphShape& shape, const Kernels& kernels);
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return hnsw_.max_elements_; }
  const GraphShape& shape() const { return shape_; }
  GraphEntry entry() const { return entry_; }
  VectorRows rows() const { return {rows_.data(), rows_.row_bytes(), shape_.dimensions}; }
  std::size_t memory_bytes() const;

  // Makes room for `nodes`. Throws std::bad_alloc; the graph stays usable.
  void reserve(std::size_t nodes);

  // Adds `count` nodes without links, and lets link() begin.
  void begin_links(std::size_t count);

  // Copies the vector in and connects the node. Throws std::bad_alloc. Nodes that fail stay without links.
  void link(Slot node, const float* vector, int level);

  void end_links();

  // Nearest live matching nodes. Approximate.
  GraphAnswer search(const GraphQuery& query, const SlotTable& table) const;

  // A graph of the live nodes alone, numbered in their old order, on `threads` threads. The lists of nodes
  // that lost neighbours are chosen anew among their neighbours' neighbours (Singh et al. 2021,
  // arXiv:2105.09613, section 5), about ten times cheaper than inserting again. Searches may run meanwhile,
  // nothing else.
  std::unique_ptr<Graph> compacted(const SlotTable& table, unsigned threads) const;

  // The level of a new node, from its image's number: exponential with mean 1 / ln m, and the same on every
  // machine.
  int level_of(ImageId image) const;

  // For snapshots: the rows of all nodes, each node's level, and the lists of upper levels one after the
  // other.
  std::span<const std::byte> raw_rows() const { return {rows_.data(), size_ * rows_.row_bytes()}; }
  std::vector<std::int32_t> raw_levels() const;
  std::vector<std::uint32_t> raw_upper_links() const;
  static std::size_t row_bytes(const GraphShape& shape);

  // Room for `nodes` rows to be read into, and then the rest. False when the parts do not make a graph: a
  // link to a node that does not exist or lacks the level, a count beyond m. Throws std::bad_alloc.
  std::byte* restore_rows(std::size_t nodes);
  bool restore_links(GraphEntry entry, std::span<const std::int32_t> levels,
                     std::span<const std::uint32_t> upper);

 private:
  struct Scratch;
  class ScratchLease;
  class Space;
  using Hnsw = hnswlib::HierarchicalNSW<float>;

  std::size_t list_capacity(int level) const { return level == 0 ? 2 * shape_.m : shape_.m; }
  const std::uint32_t* list(Slot node, int level) const { return hnsw_.get_linklist_at_level(node, level); }
  float score(const float* query, Slot node) const {
    return kernels_.dot(query, rows()[node], shape_.dimensions);
  }
  bool is_linked(Slot node) const { return linked_[node].load(std::memory_order_acquire); }

  // A node's list where it lies, or, `kLocked` while link() may run, copied into `room`.
  template <bool kLocked>
  std::span<const Slot> neighbours(Slot node, int level, std::span<Slot> room) const;

  // Walks from the entry to the node of each level that no neighbour beats, down to `level`. Passes by nodes
  // that are still being linked: their locks are held until they are done.
  template <bool kLocked>
  GraphEntry descend(const float* query, GraphEntry from, int level) const;

  // One level's best-first search, from `starts`; adds to answer.hits.
  struct Walk {
    const float* vector;
    int level;
    std::size_t width;
    std::size_t most_distances;
  };
  template <bool kLocked, class Matches>
  void walk(const Walk& walk, const Matches& matches, std::span<const GraphAnswer::Hit> starts, Scratch& scratch,
            GraphAnswer& answer) const;

  template <bool kLocked>
  void search_from_top(const GraphQuery& query, const SlotTable& table, Scratch& scratch, GraphAnswer& answer) const;

  // Empty lists for the levels from 1; throws std::bad_alloc.
  void make_upper_lists(Slot node, int levels);

  // For compacted(): the neighbours that a live node keeps, as old numbers.
  std::vector<Slot> repaired_list(Slot node, int level, const SlotTable& table) const;

  GraphShape shape_;
  Kernels kernels_;
  RowStore rows_;
  std::unique_ptr<Space> space_;
  mutable Hnsw hnsw_;
  std::size_t size_ = 0;
  GraphEntry entry_;
  bool linking_ = false;
  std::unique_ptr<std::atomic<bool>[]> linked_;  // by node: link() is through
  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratch_;
};

}  // namespace fit::index
