#include "index/exact_index.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <shared_mutex>

#include "index/checks.h"
#include "index/replacement.h"
#include "index/scan.h"
#include "index/top_items.h"

namespace fit::index {

ExactIndex::ExactIndex(int dimensions)
    : dimensions_(dimensions), rows_(static_cast<std::size_t>(dimensions) * sizeof(float)) {}

Result<void> ExactIndex::insert(std::span<const Entry> entries) {
  const std::size_t needed = table_.size() + entries.size();
  try {
    if (needed > rows_.capacity()) rows_.reserve(std::max(needed, rows_.capacity() + rows_.capacity() / 2));
    table_.reserve(rows_.capacity());
  } catch (const std::bad_alloc&) {
    return internal("the index has no memory for more images", {});
  }
  for (const Entry& entry : entries) {
    const Slot slot = table_.append(entry.image, entry.item);
    std::memcpy(rows_.row(slot), entry.vector.data(), entry.vector.size_bytes());
    table_.publish(slot);
  }
  if (too_many_dead(table_)) compact();
  return {};
}

void ExactIndex::compact() {
  const std::vector<Slot> live = table_.live_slots();
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (live[i] != i) std::memcpy(rows_.row(i), rows_.row(live[i]), rows_.row_bytes());
  }
  table_ = table_.compacted();
}

Result<void> ExactIndex::upsert(std::span<const Entry> entries) {
  FIT_CHECK(check_entries(entries, dimensions_));
  const std::lock_guard update(update_mutex_);
  const std::lock_guard lock(gate_);
  return insert(entries);
}

Result<void> ExactIndex::replace_items(std::span<const ItemId> items, std::span<const Entry> entries) {
  FIT_CHECK(check_replacement(items, entries, dimensions_));
  const std::lock_guard update(update_mutex_);
  const VectorRows rows{rows_.data(), rows_.row_bytes(), static_cast<std::size_t>(dimensions_)};
  const Replacement change = plan_replacement(table_, rows, items, entries);
  const std::lock_guard lock(gate_);
  FIT_CHECK(insert(change.added));
  for (const ImageId image : change.removed) table_.erase(image);
  if (too_many_dead(table_)) compact();
  return {};
}

void ExactIndex::remove(std::span<const ImageId> images) {
  const std::lock_guard update(update_mutex_);
  const std::lock_guard lock(gate_);
  for (const ImageId image : images) table_.erase(image);
  if (too_many_dead(table_)) compact();
}

Result<std::vector<domain::Neighbor>> ExactIndex::search(std::span<const float> query,
                                                         const SearchOptions& options) const {
  FIT_TRY(const UnitQuery unit, checked_query(query, options, dimensions_));
  TopItems best(options.limit, options.min_similarity);
  const std::shared_lock lock(gate_);
  const std::vector<Slot> slots = options.filter ? table_.collect(*options.filter) : table_.live_slots();
  const VectorRows rows{rows_.data(), rows_.row_bytes(), static_cast<std::size_t>(dimensions_)};
  scan(kernels_, rows, unit.data(), table_, slots, best);
  return best.take();
}

std::vector<domain::ImageVector> ExactIndex::vectors_of(std::span<const ItemId> items) const {
  const std::shared_lock lock(gate_);
  const VectorRows rows{rows_.data(), rows_.row_bytes(), static_cast<std::size_t>(dimensions_)};
  return read_vectors(table_, rows, items);
}

IndexStats ExactIndex::stats() const {
  const std::shared_lock lock(gate_);
  return {.kind = "exact",
          .images = table_.live(),
          .deleted = table_.dead(),
          .memory_bytes = table_.size() * rows_.row_bytes() + table_.memory_bytes()};
}

Result<void> ExactIndex::save(const std::filesystem::path& folder, std::int64_t position,
                              const std::string& space_version) const {
  const std::lock_guard update(update_mutex_);
  FIT_TRY(SnapshotWriter file, SnapshotWriter::create(folder));
  const std::vector<std::int64_t> items = table_.raw_items();
  FIT_CHECK(file.add(std::as_bytes(table_.raw_images())));
  FIT_CHECK(file.add(std::as_bytes(std::span(items))));
  FIT_CHECK(file.add({rows_.data(), table_.size() * rows_.row_bytes()}));
  return file.commit({.kind = SnapshotKind::kExact,
                      .dimensions = static_cast<std::uint32_t>(dimensions_),
                      .slots = table_.size(),
                      .row_bytes = rows_.row_bytes(),
                      .position = position,
                      .space_version = space_version});
}

Result<std::unique_ptr<MemoryIndex>> ExactIndex::load(const SnapshotReader& snapshot) {
  const SnapshotInfo& info = snapshot.info();
  auto index = std::make_unique<ExactIndex>(static_cast<int>(info.dimensions));
  if (info.row_bytes != index->rows_.row_bytes()) return SnapshotReader::damaged("a row has another size");
  FIT_TRY(const auto images, snapshot.read_all<std::int64_t>(Section::kImages));
  FIT_TRY(const auto items, snapshot.read_all<std::int64_t>(Section::kItems));
  if (images.size() != info.slots || items.size() != info.slots ||
      snapshot.bytes(Section::kRows) / info.row_bytes != info.slots) {
    return SnapshotReader::damaged("its sections do not fit together");
  }
  index->rows_.reserve(info.slots);
  FIT_CHECK(snapshot.read(Section::kRows, {index->rows_.data(), snapshot.bytes(Section::kRows)}));
  if (!index->table_.restore(images, items)) return SnapshotReader::damaged("an image comes twice");
  return index;
}

}  // namespace fit::index
