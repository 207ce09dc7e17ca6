#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "index/kernels/kernels.h"
#include "index/row_store.h"
#include "index/scan.h"
#include "index/slot_table.h"

namespace fit::index {

// The parameters of a graph, named as in the paper. They are fixed when it is made.
struct GraphShape {
  std::size_t dimensions = 0;
  std::size_t m = 16;  // links a new node chooses; lists hold 2 m at level 0 and m above; 2 to 256
  std::size_t ef_construction = 200;  // search width while a node is linked
};

// The node of the highest level, where searches enter.
struct GraphEntry {
  Slot node = kNoSlot;  // kNoSlot: the graph is empty
  std::int32_t level = -1;
};

// One search of the graph. The vector and the filter are borrowed for the call.
struct GraphQuery {
  const float* vector = nullptr;
  std::size_t width = 0;            // the number of nearest matching nodes to keep: ef
  const ItemSet* filter = nullptr;  // other nodes are traversed and not returned
  // Scores only nodes that match: the search moves to a node's neighbours, and through neighbours that do not
  // match to their neighbours (ACORN: Patel et al. 2024, arXiv:2403.04871). For filters that some percent of
  // the nodes match.
  bool two_hops = false;
  // The search continues while the distance of the next node is at most `reach` times that of the last node
  // kept. 1 is the paper's rule; a larger value makes searches longer, most of all for queries far from all
  // nodes.
  float reach = 1;
  std::size_t reach_distances = ~std::size_t{0};  // after this many computed distances, reach is 1
  std::size_t max_distances = ~std::size_t{0};    // the search gives up after about this many
};

// The nodes that a search found, and its cost.
struct GraphResult {
  // A node with its similarity to the query.
  struct Hit {
    float score = 0;
    Slot node = 0;
  };
  std::vector<Hit> hits;      // in no order
  std::size_t found = 0;      // nodes kept, up to the width; they and their satellites are the hits
  std::size_t distances = 0;  // distances computed
  bool gave_up = false;       // max_distances was reached: nearer nodes may exist
};

// A hierarchical navigable small world (Malkov, Yashunin 2018, arXiv:1603.09320). A node's number is its
// slot. Dead nodes still connect others until compacted().
//
// It differs from the paper in three ways. A new node writes its own lists before any other node points to
// it, so that searches do not wait for insertions. A vector nearly equal to a node's (the same photo in many
// listings) does not enter the graph: it becomes a satellite of that node, in a chain that a search scores
// when it meets the node. Groups of equal vectors would otherwise link only to each other, and searches would
// not reach them. A search may stop by distance instead of by width (GraphQuery::reach), as in distance
// adaptive beam search (Al-Jazzazi et al. 2025, arXiv:2505.15636).
//
// begin_links() and end_links() enclose insertions: between them, link() may run on many threads, and
// searches lock a list while they copy it. Outside, lists are read without locks. begin_links(), end_links()
// and every other change require that no other call runs.
class Graph {
 public:
  using Hit = GraphResult::Hit;

  Graph(const GraphShape& shape, const Kernels& kernels);
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return levels_.size(); }
  const GraphShape& shape() const { return shape_; }
  GraphEntry entry() const { return entry_.load(); }
  VectorRows rows() const { return {rows_.data(), rows_.row_bytes(), shape_.dimensions}; }
  std::size_t memory_bytes() const;

  // Makes room for `nodes`. Throws std::bad_alloc; the graph stays usable.
  void reserve(std::size_t nodes);

  // Adds `count` nodes without links. Until end_links(), link() may be called.
  void begin_links(std::size_t count);

  // Copies the vector in and connects the node. Throws std::bad_alloc; the node then stays without links.
  void link(Slot node, const float* vector, int level);

  void end_links();

  // The nearest live nodes that match the filter. Approximate.
  GraphResult search(const GraphQuery& query, const SlotTable& table) const;

  // A graph of the live nodes alone, numbered in their old order, on `threads` threads. The lists of nodes
  // that lost neighbours are chosen anew among their neighbours' neighbours (Singh et al. 2021,
  // arXiv:2105.09613, section 5), far cheaper than inserting again. Searches may run meanwhile, nothing else.
  std::unique_ptr<Graph> compacted(const SlotTable& table, std::size_t threads) const;

  // The level of a new node, from its image's number: exponential with mean 1 / ln m, the same on every
  // machine.
  int level_of(ImageId image) const;

  // For snapshots: the rows of all nodes, each node's level, and the lists of upper levels one after the
  // other, each a count and m slots. A row is a node's vector, the chain's next slot, a count and 2 m slots,
  // padded to whole cache lines.
  std::span<const std::byte> raw_rows() const { return {rows_.data(), size_ * rows_.row_bytes()}; }
  std::span<const std::uint8_t> raw_levels() const { return std::span(levels_).first(size_); }
  std::vector<Slot> raw_upper_links() const;
  static std::size_t row_bytes(const GraphShape& shape);

  // Restores an empty graph from a snapshot: restore_rows() returns the memory into which the caller reads
  // `nodes` rows, then restore_links() sets the rest. It returns false, with the graph unusable, when the
  // parts do not make a graph: a link leads to a node that does not exist or lacks the level, or a count
  // exceeds a list's capacity. Both throw std::bad_alloc.
  std::byte* restore_rows(std::size_t nodes);
  bool restore_links(GraphEntry entry, std::span<const std::uint8_t> levels, std::span<const Slot> upper);

 private:
  struct Scratch;
  class ScratchLease;
  // A search of one level; the fields mean what those of GraphQuery mean.
  struct LevelSearch {
    const float* vector;
    int level;
    std::size_t width;
    float reach = 1;
    std::size_t reach_distances = ~std::size_t{0};
    std::size_t max_distances = ~std::size_t{0};
    bool two_hops = false;
  };
  using ListLock = std::lock_guard<std::mutex>;

  static constexpr std::uint8_t kSatellite = 255;  // stands in levels_ for a node's level

  bool is_satellite(Slot node) const { return levels_[node] == kSatellite; }
  bool is_host(Slot node) const {
    return (std::atomic_ref(hosts_[node / 64]).load(std::memory_order_relaxed) >> node % 64 & 1) != 0;
  }
  void mark_host(Slot node) {
    std::atomic_ref(hosts_[node / 64]).fetch_or(std::uint64_t{1} << node % 64, std::memory_order_relaxed);
  }
  // The first satellite of a node, or the next one of a satellite; kNoSlot after the last.
  Slot chained(Slot node) const { return chain(node).load(std::memory_order_acquire) - 1; }
  std::atomic_ref<Slot> chain(Slot node) const;  // chained() plus 1, so that a zeroed row has no chain
  void attach(Slot satellite, Slot node);
  bool chains_are_whole() const;  // every satellite is in exactly one chain, and chains hold satellites only

  std::size_t list_capacity(int level) const { return level == 0 ? 2 * shape_.m : shape_.m; }
  Slot* list(Slot node, int level);  // a count, then the neighbours
  const Slot* list(Slot node, int level) const { return const_cast<Graph*>(this)->list(node, level); }
  std::mutex& lock_of(Slot node) const { return (*locks_)[node % kLocks]; }
  float score(const float* query, Slot node) const {
    return kernels_.dot(query, rows()[node], shape_.dimensions);
  }
  void score_all(const float* query, std::span<const Slot> nodes, float* scores) const;

  // A node's list in place. With kLocked, which is needed while link() may run, a copy in `buffer`.
  template <bool kLocked>
  std::span<const Slot> neighbours(Slot node, int level, std::span<Slot> buffer) const;

  // The neighbours that the search has not visited: all of them, or within two hops those that match.
  // scratch.marks has the bits of matching nodes and of hosts, and `matches` decides about hosts.
  template <bool kLocked>
  std::size_t unvisited_neighbours(Slot node, int level, std::span<Slot> unvisited, Scratch& scratch) const;
  template <bool kLocked, class Matches>
  std::size_t unvisited_matches(Slot node, const Matches& matches, std::span<Slot> unvisited,
                                Scratch& scratch) const;

  // Searches one level, best first, from `starts`, whose scores are known. Leaves up to `width` matching
  // nodes in result.hits.
  template <bool kLocked, class Matches>
  void search_level(const LevelSearch& search, const Matches& matches, std::span<const Hit> starts,
                    Scratch& scratch, GraphResult& result) const;

  // search_level() over all nodes while link() runs.
  void search_level_to_link(const LevelSearch& search, std::span<const Hit> starts, Scratch& scratch,
                            GraphResult& result) const;

  // Searches the levels from the entry's down to `level` + 1, and returns the nodes at which the search of
  // `level` starts.
  template <bool kLocked>
  std::vector<Hit> descend(const float* query, GraphEntry from, int level, Scratch& scratch) const;

  // Sets the bits of the matching nodes and of all hosts, whose satellites may match.
  void mark(const ItemSet& filter, const SlotTable& table, std::vector<std::uint64_t>& marks) const;

  template <bool kLocked>
  void search_from_top(const GraphQuery& query, const SlotTable& table, Scratch& scratch,
                       GraphResult& result) const;

  // Adds the matching satellites of the hits, and drops hits that do not match themselves.
  void add_satellites(const GraphQuery& query, const SlotTable& table, GraphResult& result) const;

  // The candidates that a node should keep as neighbours, at most `most`: nearest first, without those that
  // are nearer to one already chosen (the paper's algorithm 4). A candidate's score is its similarity to the
  // node.
  std::vector<Slot> choose(std::vector<Hit> candidates, std::size_t most) const;

  void make_upper_lists(Slot node, int levels);  // empty ones, for the levels from 1
  void write_list(Slot node, int level, std::span<const Slot> neighbours);
  void add_link(Slot from, Slot to, float score, int level);
  void raise_entry(GraphEntry entry);

  // For compacted(). By node, the live slot that takes its place: the node itself, one of its satellites, or
  // kNoSlot when all of them are dead.
  std::vector<Slot> representatives(const SlotTable& table) const;
  std::vector<Slot> repaired_list(Slot node, int level, std::span<const Slot> representatives) const;

  static constexpr std::size_t kLocks = 1024;

  GraphShape shape_;
  Kernels kernels_;
  RowStore rows_;
  std::vector<std::uint8_t> levels_;            // by node
  mutable std::vector<std::uint64_t> hosts_;    // a bit a node: it has satellites
  std::vector<std::unique_ptr<Slot[]>> upper_;  // by node: its lists at levels 1 and above
  std::size_t size_ = 0;
  std::atomic<GraphEntry> entry_{GraphEntry{}};
  bool linking_ = false;
  std::unique_ptr<std::array<std::mutex, kLocks>> locks_;  // of lists, by node
  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratch_;  // for the next searches
};

}  // namespace fit::index
