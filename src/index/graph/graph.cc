#include "index/graph/graph.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "index/graph/graph_scratch.h"

namespace fit::index {
namespace {

constexpr int kMaxLevels = 63;

std::size_t vector_bytes(const GraphShape& shape) {
  return shape.dimensions * sizeof(float);
}

}  // namespace

Graph::Graph(const GraphShape& shape, const Kernels& kernels)
    : shape_(shape),
      kernels_(kernels),
      rows_(row_bytes(shape)),
      locks_(std::make_unique<std::array<std::mutex, kLocks>>()) {}

Graph::~Graph() = default;

std::size_t Graph::row_bytes(const GraphShape& shape) {
  return (vector_bytes(shape) + (2 * shape.m + 2) * sizeof(Slot) + 63) / 64 * 64;
}

std::size_t Graph::memory_bytes() const {
  // A node is on 1 / (m - 1) upper levels on average.
  return size_ * rows_.row_bytes() + capacity() * (sizeof(void*) + 3) +
         size_ * (shape_.m + 1) * sizeof(Slot) / (shape_.m - 1);
}

void Graph::reserve(std::size_t nodes) {
  if (nodes <= capacity()) return;
  rows_.reserve(nodes);
  upper_.resize(nodes);
  levels_.resize(nodes);
  hosts_.resize((nodes + 63) / 64);
  scratch_.clear();  // sized for the old capacity
}

void Graph::begin_links(std::size_t count) {
  size_ += count;
  linking_ = true;
}

void Graph::end_links() {
  linking_ = false;
}

int Graph::level_of(ImageId image) const {
  // Splitmix64 (Steele, Lea, Flood 2014) makes the number's 64 bits look random.
  std::uint64_t bits = static_cast<std::uint64_t>(image.value) + 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  bits ^= bits >> 31;
  const double uniform = (static_cast<double>(bits >> 11) + 1) * 0x1p-53;  // in (0, 1]
  return std::min(static_cast<int>(-std::log(uniform) / std::log(static_cast<double>(shape_.m))), kMaxLevels);
}

Slot* Graph::list(Slot node, int level) {
  if (level == 0) return reinterpret_cast<Slot*>(rows_.row(node) + vector_bytes(shape_)) + 1;
  return upper_[node].get() + static_cast<std::size_t>(level - 1) * (shape_.m + 1);
}

std::atomic_ref<Slot> Graph::chain(Slot node) const {
  auto* row = const_cast<std::byte*>(rows_.row(node));
  return std::atomic_ref(*reinterpret_cast<Slot*>(row + vector_bytes(shape_)));
}

void Graph::attach(Slot satellite, Slot node) {
  levels_[satellite] = kSatellite;
  const ListLock lock(lock_of(node));
  chain(satellite).store(chain(node).load(std::memory_order_relaxed), std::memory_order_relaxed);
  chain(node).store(satellite + 1, std::memory_order_release);
  mark_host(node);
}

void Graph::make_upper_lists(Slot node, int levels) {
  upper_[node] = std::make_unique<Slot[]>(static_cast<std::size_t>(levels) * (shape_.m + 1));
  levels_[node] = static_cast<std::uint8_t>(levels);
}

void Graph::write_list(Slot node, int level, std::span<const Slot> neighbours) {
  Slot* to = list(node, level);
  std::ranges::copy(neighbours, to + 1);
  to[0] = static_cast<Slot>(neighbours.size());
}

std::vector<Slot> Graph::raw_upper_links() const {
  std::vector<Slot> upper;
  for (Slot node = 0; node < size_; ++node) {
    if (levels_[node] > 0 && !is_satellite(node))
      upper.insert(upper.end(), list(node, 1), list(node, levels_[node] + 1));
  }
  return upper;
}

std::byte* Graph::restore_rows(std::size_t nodes) {
  reserve(nodes);
  return rows_.data();
}

bool Graph::restore_links(GraphEntry entry, std::span<const std::uint8_t> levels,
                          std::span<const Slot> upper) {
  const std::size_t nodes = levels.size();
  if (nodes > capacity()) return false;
  size_ = nodes;
  for (Slot node = 0; node < nodes; ++node) {
    levels_[node] = levels[node];
    if (chained(node) != kNoSlot) mark_host(node);
    if (levels[node] == 0 || is_satellite(node)) continue;
    const std::size_t numbers = (shape_.m + 1) * levels[node];
    if (levels[node] > kMaxLevels || numbers > upper.size()) return false;
    make_upper_lists(node, levels[node]);
    std::ranges::copy(upper.first(numbers), upper_[node].get());
    upper = upper.subspan(numbers);
  }
  if (!upper.empty()) return false;
  for (Slot node = 0; node < nodes; ++node) {
    if (is_satellite(node)) continue;
    for (int level = 0; level <= levels[node]; ++level) {
      const Slot* links = list(node, level);
      if (links[0] > list_capacity(level)) return false;
      for (const Slot other : std::span(links + 1, links[0])) {
        if (other >= nodes || is_satellite(other) || levels[other] < level) return false;
      }
    }
  }
  const bool good_entry =
      nodes == 0 ? entry.node == kNoSlot
                 : entry.node < nodes && !is_satellite(entry.node) && levels[entry.node] == entry.level;
  if (!good_entry || !chains_are_whole()) return false;
  entry_ = nodes == 0 ? GraphEntry{} : entry;
  return true;
}

bool Graph::chains_are_whole() const {
  const auto satellites = static_cast<std::size_t>(std::ranges::count(raw_levels(), kSatellite));
  std::size_t count = 0;
  std::vector<bool> visited(size_);
  for (Slot node = 0; node < size_; ++node) {
    if (is_satellite(node)) continue;
    for (Slot at = chained(node); at != kNoSlot; at = chained(at)) {
      if (at >= size_ || !is_satellite(at) || visited[at]) return false;
      visited[at] = true;
      ++count;
    }
  }
  return count == satellites;
}

}  // namespace fit::index
