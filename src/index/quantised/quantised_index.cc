#include "index/quantised/quantised_index.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <shared_mutex>
#include <unordered_set>

#include "index/replacement.h"

namespace fit::index {

QuantisedIndex::QuantisedIndex(const IndexOptions& options, std::filesystem::path folder)
    : options_(options),
      folder_(std::move(folder)),
      rows_(std::make_unique<RowStore>(dimension_count() * sizeof(float))) {
  if (!folder_.empty()) {
    owns_folder();
    manifest_ = snapshot_identity(folder_);
  }
  flusher_.start([this](const std::stop_token& stop) { run_flushes(stop); });
  merger_.start([this](const std::stop_token& stop) { run_merges(stop); });
}

QuantisedIndex::~QuantisedIndex() {
  flusher_.request_stop();
  loader_.request_stop();
  merger_.stop();
  flusher_.stop();
  loader_.stop();
  for (const LiveSegment& segment : segments_) discard(segment);
}

std::size_t QuantisedIndex::live_in_segments() const {
  std::size_t live = 0;
  for (const LiveSegment& segment : segments_) live += segment.live();
  return live;
}

std::optional<QuantisedIndex::Place> QuantisedIndex::find(ImageId image) const {
  if (const Slot slot = table_.slot_of(image); slot != kNoSlot) return Place{kDelta, slot};
  if (frozen_ != nullptr) {
    if (const Slot slot = frozen_->table.slot_of(image); slot != kNoSlot) return Place{kFrozen, slot};
  }
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const std::uint32_t row = segments_[i].segment->find(image);
    if (row != kNoRow && !segments_[i].is_dead(row)) return Place{i, row};
  }
  return std::nullopt;
}

ItemId QuantisedIndex::item_at(const Place& place) const {
  if (place.segment == kDelta) return table_.item(place.row);
  if (place.segment == kFrozen) return frozen_->table.item(place.row);
  return segments_[place.segment].segment->item(place.row);
}

Result<std::uint64_t> QuantisedIndex::read(const Place& place, float* vector) const {
  if (place.segment != kDelta && place.segment != kFrozen)
    return read_row(*segments_[place.segment].segment, place.row, vector);
  const RowStore& rows = place.segment == kDelta ? *rows_ : *frozen_->rows;
  std::memcpy(vector, rows.row(place.row), dimension_count() * sizeof(float));
  return fingerprint(std::span(vector, dimension_count()));
}

Result<std::uint64_t> QuantisedIndex::read_row(const Segment& segment, std::size_t row, float* vector) const {
  if (!segment.has_wrong_rows()) {
    const auto read = segment.read_row(row, vector);
    if (read) return read;
    segment.note_damage();
    if (!options_.read_elsewhere) return read;
  } else if (!options_.read_elsewhere) {
    return SegmentReader::damaged("the checksum of its vectors differs");
  }
  const std::span into(vector, dimension_count());
  FIT_CHECK(options_.read_elsewhere(segment.item(row), segment.image(row), into));
  return fingerprint(into);
}

// Whether the entry is stored as it is.
Result<bool> QuantisedIndex::holds(const Entry& entry) const {
  const auto place = find(entry.image);
  if (!place || item_at(*place) != entry.item) return false;
  std::vector<float> vector(dimension_count());
  FIT_TRY(const std::uint64_t held, read(*place, vector.data()));
  return held == fingerprint(entry.vector);
}

std::vector<ImageId> QuantisedIndex::images_of(ItemId item) const {
  std::vector<ImageId> images = table_.images_of(item);
  if (frozen_ != nullptr) {
    for (const ImageId image : frozen_->table.images_of(item)) images.push_back(image);
  }
  for (const LiveSegment& live : segments_) {
    std::vector<std::uint32_t> slots;
    live.segment->append_slots_of(item, slots);
    for (const std::uint32_t slot : slots) {
      const std::uint32_t row = live.segment->row_of_slot(slot);
      if (!live.is_dead(row)) images.push_back(live.segment->image(row));
    }
  }
  return images;
}

Result<void> QuantisedIndex::upsert(std::span<const Entry> entries) {
  FIT_CHECK(check_entries(entries, options_.dimensions));
  std::unique_lock update(update_mutex_);
  return change(update, entries, {});
}

Result<void> QuantisedIndex::replace_items(std::span<const ItemId> items, std::span<const Entry> entries) {
  FIT_CHECK(check_replacement(items, entries, options_.dimensions));
  std::unique_lock update(update_mutex_);
  settled_.wait(update, [this] { return !has_too_many_images(); });
  std::vector<Entry> added;
  std::unordered_set<std::int64_t> named;
  for (const Entry& entry : entries) {
    named.insert(entry.image.value);
    const auto is_held = holds(entry);
    if (!is_held || !*is_held) added.push_back(entry);  // a vector that cannot be read is written anew
  }
  std::vector<ImageId> removed;
  for (const ItemId item : items) {
    for (const ImageId image : images_of(item)) {
      if (named.insert(image.value).second) removed.push_back(image);
    }
  }
  return change(update, added, removed);
}

void QuantisedIndex::remove(std::span<const ImageId> images) {
  std::unique_lock update(update_mutex_);
  (void)change(update, {}, images);  // only additions can fail
}

void QuantisedIndex::kill(ImageId image) {
  if (table_.erase(image) || (frozen_ != nullptr && frozen_->table.erase(image))) return;
  for (LiveSegment& live : segments_) {
    const std::uint32_t row = live.segment->find(image);
    if (row == kNoRow || live.is_dead(row)) continue;
    live.kill(row);
  }
}

Result<void> QuantisedIndex::change(std::unique_lock<std::mutex>& update, std::span<const Entry> added,
                                    std::span<const ImageId> removed) {
  if (!added.empty()) settled_.wait(update, [this] { return !has_too_many_images(); });
  {
    const std::lock_guard lock(gate_);
    try {
      const std::size_t needed = table_.size() + added.size();
      if (needed > rows_->capacity()) rows_->reserve(std::max(needed, rows_->capacity() * 3 / 2));
      table_.reserve(rows_->capacity());
    } catch (const std::bad_alloc&) {
      return internal("the index has no memory for more images", {});
    }
    for (const Entry& entry : added) {
      const Slot slot = table_.append(entry.image, entry.item);
      std::memcpy(rows_->row(slot), entry.vector.data(), entry.vector.size_bytes());
      if (table_.slot_of(entry.image) == kNoSlot) kill(entry.image);
      table_.publish(slot);
    }
    for (const ImageId image : removed) kill(image);
    if (too_many_dead(table_)) {
      const std::vector<Slot> live = table_.live_slots();
      for (std::size_t i = 0; i < live.size(); ++i) {
        if (live[i] != i) std::memcpy(rows_->row(i), rows_->row(live[i]), rows_->row_bytes());
      }
      table_ = table_.compacted();
    }
  }
  drop_dead_segments();
  if (is_flush_due()) flusher_.wake();
  if (!worth_merging().empty()) merger_.wake();
  return {};
}

void QuantisedIndex::scan_memory(const float* query, const ItemSet* filter, TopItems& best) const {
  const auto scan_rows = [&](const SlotTable& table, const RowStore& rows) {
    const std::vector<Slot> slots = filter != nullptr ? table.collect(*filter) : table.live_slots();
    scan(kernels_, {rows.data(), rows.row_bytes(), dimension_count()}, query, table, slots, best);
  };
  scan_rows(table_, *rows_);
  if (frozen_ != nullptr) scan_rows(frozen_->table, *frozen_->rows);
}

std::vector<domain::ImageVector> QuantisedIndex::vectors_of(std::span<const ItemId> items) const {
  const std::shared_lock lock(gate_);
  std::vector<domain::ImageVector> vectors;
  for (const ItemId item : items) {
    for (const ImageId image : images_of(item)) {
      domain::ImageVector one{image, item, std::vector<float>(dimension_count())};
      if (const auto place = find(image); place && read(*place, one.values.data()))
        vectors.push_back(std::move(one));
    }
  }
  return vectors;
}

IndexStats QuantisedIndex::stats() const {
  const std::shared_lock lock(gate_);
  IndexStats stats{.kind = "quantised",
                   .images = table_.live(),
                   .deleted = table_.dead(),
                   .memory_bytes = table_.size() * rows_->row_bytes() + table_.memory_bytes()};
  if (frozen_ != nullptr) {
    stats.images += frozen_->table.live();
    stats.deleted += frozen_->table.dead();
    stats.memory_bytes += frozen_->table.size() * frozen_->rows->row_bytes() + frozen_->table.memory_bytes();
  }
  for (const LiveSegment& live : segments_) {
    stats.images += live.live();
    stats.deleted += live.dead_count;
    stats.memory_bytes += live.segment->memory_bytes() + live.dead.size() * sizeof(std::uint64_t) +
                          live.filters->memory_bytes();
  }
  return stats;
}

std::vector<Calibration> QuantisedIndex::calibrations() const {
  const std::shared_lock lock(gate_);
  std::vector<Calibration> all;
  for (const LiveSegment& live : segments_) all.push_back(live.calibration);
  return all;
}

}  // namespace fit::index
