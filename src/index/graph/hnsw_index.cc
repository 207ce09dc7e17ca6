#include "index/graph/hnsw_index.h"

#include <algorithm>
#include <new>
#include <shared_mutex>
#include <stdexcept>

#include "base/format.h"
#include "base/parallel.h"
#include "index/replacement.h"

namespace fit::index {
namespace {

constexpr std::size_t kMostSlots = std::size_t{1} << 31;
constexpr std::size_t kAlone = 32;
constexpr std::size_t kMaxLinks = 256;
constexpr std::size_t kLinksAtATime = 4;  // that a thread takes; a thread more is worth twice as many

GraphShape shape_of(const IndexOptions& options) {
  const auto m = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(options.m, 2)), 2, kMaxLinks);
  return {.dimensions = static_cast<std::size_t>(options.dimensions),
          .m = m,
          .ef_construction = std::max(m, static_cast<std::size_t>(std::max(options.ef_construction, 1)))};
}

Error no_memory(const char* what) {
  return internal("the index has no memory for more images", what);
}

}  // namespace

HnswIndex::HnswIndex(const IndexOptions& options)
    : options_(options), graph_(std::make_unique<Graph>(shape_of(options), kernels_)) {
  reserve(options.capacity);
}

void HnswIndex::reserve(std::size_t slots) {
  if (slots > kMostSlots) throw std::bad_alloc();
  graph_->reserve(slots);
  table_.reserve(slots);
}

Result<void> HnswIndex::upsert(std::span<const Entry> entries) {
  FIT_CHECK(check_entries(entries, options_.dimensions));
  const std::lock_guard update(update_mutex_);
  return change(entries, {});
}

Result<void> HnswIndex::replace_items(std::span<const ItemId> items, std::span<const Entry> entries) {
  FIT_CHECK(check_replacement(items, entries, options_.dimensions));
  const std::lock_guard update(update_mutex_);
  const Replacement plan = plan_replacement(table_, graph_->rows(), items, entries);
  return change(plan.added, plan.removed);
}

void HnswIndex::remove(std::span<const ImageId> images) {
  const std::lock_guard update(update_mutex_);
  (void)change({}, images);  // only additions can fail
}

Result<void> HnswIndex::change(std::span<const Entry> added, std::span<const ImageId> removed) {
  const auto first = static_cast<Slot>(table_.size());
  bool linked = true;
  if (!added.empty()) {
    {
      const std::lock_guard lock(gate_);
      const std::size_t needed = table_.size() + added.size();
      try {
        if (needed > graph_->capacity())
          reserve(std::max(needed, graph_->capacity() + graph_->capacity() / 2));
      } catch (const std::bad_alloc& error) {
        return no_memory(error.what());
      }
      for (const Entry& entry : added) table_.append(entry.image, entry.item);
      graph_->begin_links(added.size());
    }
    linked = link_all(first, added);
  }
  {
    const std::lock_guard lock(gate_);
    if (!added.empty()) graph_->end_links();
    for (Slot slot = first; slot < table_.size(); ++slot)
      linked ? table_.publish(slot) : table_.abandon(slot);
    if (linked) {
      for (const ImageId image : removed) table_.erase(image);
    }
  }
  compact_if_worth_it();
  if (!linked) return no_memory("linking failed");
  return {};
}

std::size_t HnswIndex::build_threads() const {
  return thread_count(static_cast<std::size_t>(std::max(options_.build_threads, 0)));
}

bool HnswIndex::link_all(Slot first, std::span<const Entry> entries) {
  const std::shared_lock lock(gate_);
  const auto link = [&](std::size_t i) {
    graph_->link(first + static_cast<Slot>(i), entries[i].vector.data(), graph_->level_of(entries[i].image));
  };
  try {
    // The first nodes of a graph are linked one by one, so that later ones find neighbours.
    const std::size_t alone = std::min(entries.size(), kAlone - std::min<std::size_t>(first, kAlone));
    for (std::size_t i = 0; i < alone; ++i) link(i);
    const std::size_t rest = entries.size() - alone;
    const std::size_t useful = std::max<std::size_t>(1, rest / (2 * kLinksAtATime));
    parallel_for(rest, {.threads = std::min(build_threads(), useful), .grain = kLinksAtATime},
                 [&](std::size_t i) { link(alone + i); });
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

void HnswIndex::compact_if_worth_it() {
  if (!too_many_dead(table_)) return;
  try {
    auto graph = graph_->compacted(table_, build_threads());
    SlotTable table = table_.compacted();
    table.reserve(graph->capacity());
    const std::lock_guard lock(gate_);
    graph_.swap(graph);
    table_ = std::move(table);
  } catch (const std::bad_alloc&) {  // the index stays as it is, and works
  }
}

IndexStats HnswIndex::stats() const {
  const std::shared_lock lock(gate_);
  return {.kind = "hnsw",
          .images = table_.live(),
          .deleted = table_.dead(),
          .memory_bytes = graph_->memory_bytes() + table_.memory_bytes()};
}

Result<void> HnswIndex::save(const std::filesystem::path& folder, std::int64_t position,
                             const std::string& space_version) const {
  const std::lock_guard update(update_mutex_);
  FIT_TRY(SnapshotWriter file, SnapshotWriter::create(folder));
  const std::vector<std::int64_t> items = table_.raw_items();
  const auto levels = graph_->raw_levels();
  const std::vector<Slot> upper = graph_->raw_upper_links();
  FIT_CHECK(file.add(std::as_bytes(table_.raw_images())));
  FIT_CHECK(file.add(std::as_bytes(std::span(items))));
  FIT_CHECK(file.add(graph_->raw_rows()));
  FIT_CHECK(file.add(std::as_bytes(levels)));
  FIT_CHECK(file.add(std::as_bytes(std::span(upper))));
  const GraphShape& shape = graph_->shape();
  return file.commit({.kind = SnapshotKind::kHnsw,
                      .dimensions = static_cast<std::uint32_t>(shape.dimensions),
                      .m = static_cast<std::uint32_t>(shape.m),
                      .ef_construction = static_cast<std::uint32_t>(shape.ef_construction),
                      .slots = table_.size(),
                      .row_bytes = Graph::row_bytes(shape),
                      .position = position,
                      .entry_node = graph_->entry().node,
                      .entry_level = graph_->entry().level,
                      .space_version = space_version});
}

Result<std::unique_ptr<MemoryIndex>> HnswIndex::load(const SnapshotReader& snapshot,
                                                     const IndexOptions& options) {
  const SnapshotInfo& info = snapshot.info();
  const GraphShape shape = shape_of(options);
  if (info.m != shape.m) {
    return malformed("snapshot", fit::format("of the index has m {} where {} is wanted", info.m, shape.m));
  }
  if (info.row_bytes != Graph::row_bytes(shape)) return SnapshotReader::damaged("a row has another size");
  FIT_TRY(const auto images, snapshot.read_all<std::int64_t>(Section::kImages));
  FIT_TRY(const auto items, snapshot.read_all<std::int64_t>(Section::kItems));
  FIT_TRY(const auto levels, snapshot.read_all<std::uint8_t>(Section::kLevels));
  FIT_TRY(const auto upper, snapshot.read_all<Slot>(Section::kUpperLinks));
  const std::uint64_t row_section = snapshot.bytes(Section::kRows);
  if (images.size() != info.slots || items.size() != info.slots || levels.size() != info.slots ||
      row_section % info.row_bytes != 0 || row_section / info.row_bytes != info.slots ||
      info.slots > kMostSlots) {
    return SnapshotReader::damaged("its sections do not fit together");
  }
  IndexOptions loaded = options;
  loaded.capacity = std::max<std::size_t>(options.capacity, info.slots);
  auto index = std::make_unique<HnswIndex>(loaded);
  FIT_CHECK(snapshot.read(Section::kRows, {index->graph_->restore_rows(info.slots), row_section}));
  if (!index->graph_->restore_links({info.entry_node, info.entry_level}, levels, upper)) {
    return SnapshotReader::damaged("its links do not make a graph");
  }
  if (!index->table_.restore(images, items)) return SnapshotReader::damaged("an image comes twice");
  return index;
}

}  // namespace fit::index
