#pragma once

#include <cstdint>
#include <vector>

#include "index/graph/graph.h"

namespace fit::index {

// What one search needs, kept for the next: which nodes it has met, where it may go, what it has found.
struct Graph::Scratch {
  explicit Scratch(std::size_t nodes) : met(nodes) {}

  void begin() {
    if (++round == 0) {
      std::ranges::fill(met, 0);
      round = 1;
    }
    candidates.clear();
  }
  // Whether this is the first meeting.
  bool meet(Slot node) {
    if (met[node] == round) return false;
    met[node] = round;
    return true;
  }

  bool has_met(Slot node) const { return met[node] == round; }
  bool is_marked(Slot node) const { return (marks[node / 64] >> node % 64 & 1) != 0; }

  std::vector<std::uint8_t> met;     // by node: the round when it was last met
  std::vector<std::uint64_t> marks;  // a bit a node: it may match; for walks of two hops
  std::uint8_t round = 0;
  std::vector<GraphResult::Hit> candidates;  // a heap, nearest first
};

// A Scratch out of the graph's pool for as long as this lives.
class Graph::ScratchLease {
 public:
  explicit ScratchLease(const Graph& graph) : graph_(graph) {
    {
      const std::lock_guard lock(graph.scratch_mutex_);
      if (!graph.scratch_.empty()) {
        scratch_ = std::move(graph.scratch_.back());
        graph.scratch_.pop_back();
      }
    }
    if (!scratch_) scratch_ = std::make_unique<Scratch>(graph.capacity());
  }
  ~ScratchLease() {
    const std::lock_guard lock(graph_.scratch_mutex_);
    graph_.scratch_.push_back(std::move(scratch_));
  }
  ScratchLease(const ScratchLease&) = delete;
  ScratchLease& operator=(const ScratchLease&) = delete;

  Scratch& operator*() { return *scratch_; }

 private:
  const Graph& graph_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace fit::index
