#include "index/graph.h"

#include <cmath>
#include <cstring>
#include <new>

#include "index/graph_scratch.h"

namespace fit::index {
namespace {

// hnswlib's construction reads one number beyond a full list, to fetch a row that it will not need.
constexpr std::size_t kListSlack = 64;
constexpr int kMostLevels = 64;

std::size_t vector_bytes(const GraphShape& shape) {
  return shape.dimensions * sizeof(float);
}
std::size_t list_bytes(std::size_t links) {
  return (links + 1) * sizeof(Slot);
}

}  // namespace

class Graph::Space : public hnswlib::SpaceInterface<float> {
 public:
  Space(std::size_t dimensions, const Kernels& kernels)
      : dimensions_(dimensions), distance_(kernels.distance) {}
  std::size_t get_data_size() override { return dimensions_ * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance_; }
  void* get_dist_func_param() override { return &dimensions_; }

 private:
  std::size_t dimensions_;
  hnswlib::DISTFUNC<float> distance_;
};

Graph::Graph(const GraphShape& shape, const Kernels& kernels)
    : shape_(shape),
      kernels_(kernels),
      rows_(row_bytes(shape)),
      space_(std::make_unique<Space>(shape.dimensions, kernels)),
      hnsw_(space_.get()) {
  hnsw_.data_size_ = space_->get_data_size();
  hnsw_.fstdistfunc_ = space_->get_dist_func();
  hnsw_.dist_func_param_ = space_->get_dist_func_param();
  hnsw_.M_ = hnsw_.maxM_ = shape.m;
  hnsw_.maxM0_ = 2 * shape.m;
  hnsw_.ef_construction_ = shape.ef_construction;
  hnsw_.mult_ = 1 / std::log(static_cast<double>(shape.m));
  hnsw_.revSize_ = 1 / hnsw_.mult_;
  hnsw_.size_links_level0_ = list_bytes(hnsw_.maxM0_);
  hnsw_.size_links_per_element_ = list_bytes(hnsw_.maxM_);
  hnsw_.offsetData_ = 0;
  hnsw_.offsetLevel0_ = vector_bytes(shape);
  hnsw_.size_data_per_element_ = rows_.row_bytes();
  hnsw_.enterpoint_node_ = kNoSlot;
  hnsw_.maxlevel_ = -1;
}

Graph::~Graph() {
  hnsw_.data_level0_memory_ = nullptr;  // ours, not hnswlib's to free
}

std::size_t Graph::row_bytes(const GraphShape& shape) {
  return (vector_bytes(shape) + list_bytes(2 * shape.m) + 63) / 64 * 64;
}

std::size_t Graph::memory_bytes() const {
  constexpr std::size_t kPerNode = sizeof(std::mutex) + sizeof(void*) + sizeof(int) + 4;
  return size_ * rows_.row_bytes() + hnsw_.max_elements_ * kPerNode +
         size_ * hnsw_.size_links_per_element_ / std::max<std::size_t>(1, shape_.m - 1);
}

void Graph::reserve(std::size_t nodes) {
  if (nodes <= hnsw_.max_elements_) return;
  rows_.reserve(nodes);
  hnsw_.data_level0_memory_ = reinterpret_cast<char*>(rows_.data());
  hnsw_.element_levels_.resize(nodes);
  auto linked = std::make_unique<std::atomic<bool>[]>(nodes);
  for (std::size_t i = 0; i < size_; ++i) linked[i] = linked_[i].load();
  linked_ = std::move(linked);
  auto* lists = static_cast<char**>(std::realloc(hnsw_.linkLists_, nodes * sizeof(char*)));
  if (lists == nullptr) throw std::bad_alloc();
  hnsw_.linkLists_ = lists;
  std::fill(lists + hnsw_.max_elements_, lists + nodes, nullptr);
  hnsw_.visited_list_pool_ = std::make_unique<hnswlib::VisitedListPool>(1, static_cast<int>(nodes));
  std::vector<std::mutex>(nodes).swap(hnsw_.link_list_locks_);
  hnsw_.max_elements_ = nodes;
  scratch_.clear();
}

void Graph::begin_links(std::size_t count) {
  size_ += count;
  hnsw_.cur_element_count = size_;
  linking_ = true;
}

void Graph::end_links() {
  entry_ = {hnsw_.enterpoint_node_, hnsw_.maxlevel_};
  linking_ = false;
}

int Graph::level_of(ImageId image) const {
  // Splitmix64 (Steele, Lea, Flood 2014) makes the number's 64 bits look random.
  std::uint64_t bits = static_cast<std::uint64_t>(image.value) + 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  bits ^= bits >> 31;
  const double uniform = (static_cast<double>(bits >> 11) + 1) * 0x1p-53;  // in (0, 1]
  return std::min(static_cast<int>(-std::log(uniform) * hnsw_.mult_), kMostLevels);
}

void Graph::make_upper_lists(Slot node, int levels) {
  const std::size_t bytes = hnsw_.size_links_per_element_ * static_cast<std::size_t>(levels) + kListSlack;
  hnsw_.linkLists_[node] = static_cast<char*>(std::calloc(1, bytes));
  if (hnsw_.linkLists_[node] == nullptr) throw std::bad_alloc();
  hnsw_.element_levels_[node] = levels;
}

void Graph::link(Slot node, const float* vector, int level) {
  std::memcpy(rows_.row(node), vector, vector_bytes(shape_));
  if (level > 0) make_upper_lists(node, level);
  // The node's own lock is held until it has all its lists: others may meet it from above before.
  const std::lock_guard own(hnsw_.link_list_locks_[node]);
  std::unique_lock top(hnsw_.global);
  const GraphEntry entry{hnsw_.enterpoint_node_, hnsw_.maxlevel_};
  if (level <= entry.level) top.unlock();  // a node on a new top level goes alone
  if (entry.node != kNoSlot) {
    Slot nearest = descend<true>(vector, entry, level).node;
    for (int l = std::min(level, entry.level); l >= 0; --l) {
      auto found = hnsw_.searchBaseLayer(nearest, vector, l);
      nearest = hnsw_.mutuallyConnectNewElement(vector, node, found, l, false);
    }
  }
  if (level > entry.level) {
    hnsw_.enterpoint_node_ = node;
    hnsw_.maxlevel_ = level;
  }
  linked_[node].store(true, std::memory_order_release);
}

std::vector<std::int32_t> Graph::raw_levels() const {
  return {hnsw_.element_levels_.begin(), hnsw_.element_levels_.begin() + static_cast<std::ptrdiff_t>(size_)};
}

std::vector<std::uint32_t> Graph::raw_upper_links() const {
  std::vector<std::uint32_t> upper;
  for (Slot node = 0; node < size_; ++node) {
    for (int level = 1; level <= hnsw_.element_levels_[node]; ++level) {
      const std::uint32_t* links = list(node, level);
      upper.insert(upper.end(), links, links + shape_.m + 1);
    }
  }
  return upper;
}

std::byte* Graph::restore_rows(std::size_t nodes) {
  reserve(nodes);
  return rows_.data();
}

bool Graph::restore_links(GraphEntry entry, std::span<const std::int32_t> levels,
                          std::span<const std::uint32_t> upper) {
  const std::size_t nodes = levels.size();
  if (nodes > hnsw_.max_elements_) return false;
  size_ = nodes;
  hnsw_.cur_element_count = nodes;
  const std::size_t list_numbers = shape_.m + 1;
  for (Slot node = 0; node < nodes; ++node) {
    linked_[node].store(true, std::memory_order_relaxed);
    if (levels[node] == 0) continue;
    if (levels[node] < 0 || levels[node] > kMostLevels) return false;
    const std::size_t numbers = list_numbers * static_cast<std::size_t>(levels[node]);
    if (numbers > upper.size()) return false;
    make_upper_lists(node, levels[node]);
    std::memcpy(hnsw_.linkLists_[node], upper.data(), numbers * sizeof(Slot));
    upper = upper.subspan(numbers);
  }
  if (!upper.empty()) return false;
  for (Slot node = 0; node < nodes; ++node) {
    for (int level = 0; level <= levels[node]; ++level) {
      const std::uint32_t* links = list(node, level);
      const std::size_t count = links[0];
      if (count > list_capacity(level)) return false;
      for (std::size_t i = 1; i <= count; ++i) {
        if (links[i] >= nodes || links[i] == node || levels[links[i]] < level) return false;
      }
    }
  }
  const bool empty = nodes == 0 && entry.node == kNoSlot && entry.level == -1;
  if (!empty && (entry.node >= nodes || levels[entry.node] != entry.level)) return false;
  hnsw_.enterpoint_node_ = entry.node;
  hnsw_.maxlevel_ = entry.level;
  entry_ = entry;
  return true;
}

}  // namespace fit::index
