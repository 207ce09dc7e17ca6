#include "index/slot_table.h"

#include <algorithm>

namespace fit::index {

void SlotTable::reserve(std::size_t slots) {
  if (slots <= images_.capacity()) return;
  images_.reserve(slots);
  items_.reserve(slots);
  next_.reserve(slots);
  previous_.reserve(slots);
  slot_of_image_.reserve(slots);
}

Slot SlotTable::append(ImageId image, ItemId item) {
  const auto slot = static_cast<Slot>(items_.size());
  images_.push_back(image.value);
  items_.push_back(-item.value);
  next_.push_back(kNoSlot);
  previous_.push_back(kNoSlot);
  return slot;
}

void SlotTable::publish(Slot slot) {
  const auto [entry, fresh] = slot_of_image_.try_emplace(images_[slot], slot);
  if (!fresh) {
    const Slot old = std::exchange(entry->second, slot);
    unlink(old);
    items_[old] = 0;
    ++dead_;
  }
  items_[slot] = -items_[slot];
  link(slot);
}

void SlotTable::abandon(Slot slot) {
  items_[slot] = 0;
  ++dead_;
}

bool SlotTable::erase(ImageId image) {
  const auto entry = slot_of_image_.find(image.value);
  if (entry == slot_of_image_.end()) return false;
  unlink(entry->second);
  items_[entry->second] = 0;
  ++dead_;
  slot_of_image_.erase(entry);
  return true;
}

void SlotTable::link(Slot slot) {
  const std::int64_t word = items_[slot] / 64;
  const auto bit = static_cast<std::size_t>(items_[slot] % 64);
  const auto [entry, fresh] =
      block_of_word_.try_emplace(word, static_cast<std::uint32_t>(block_words_.size()));
  const std::uint32_t block = entry->second;
  if (fresh) {
    block_words_.push_back(word);
    present_.push_back(0);
    first_.emplace_back().fill(kNoSlot);
  }
  Slot& first = first_[block][bit];
  next_[slot] = first;
  previous_[slot] = kNoSlot;
  if (first != kNoSlot) previous_[first] = slot;
  item_count_ += first == kNoSlot;
  first = slot;
  present_[block] |= std::uint64_t{1} << bit;
}

void SlotTable::unlink(Slot slot) {
  const Slot before = previous_[slot];
  const Slot after = next_[slot];
  if (after != kNoSlot) previous_[after] = before;
  if (before != kNoSlot) {
    next_[before] = after;
    return;
  }
  const std::uint32_t block = block_of_word_.at(items_[slot] / 64);
  const auto bit = static_cast<std::size_t>(items_[slot] % 64);
  first_[block][bit] = after;
  if (after == kNoSlot) {
    present_[block] &= ~(std::uint64_t{1} << bit);
    --item_count_;
  }
}

std::size_t SlotTable::count_items(const ItemSet& filter) const {
  const auto words = filter.words();
  std::size_t count = 0;
  for (std::size_t block = 0; block < block_words_.size(); ++block) {
    count += static_cast<std::size_t>(std::popcount(common(block, words)));
  }
  return count;
}

std::vector<Slot> SlotTable::collect(const ItemSet& filter) const {
  const auto words = filter.words();
  std::vector<Slot> slots;
  for (std::size_t block = 0; block < block_words_.size(); ++block) {
    for (std::uint64_t bits = common(block, words); bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
      for (Slot slot = first_[block][bit]; slot != kNoSlot; slot = next_[slot]) slots.push_back(slot);
    }
  }
  return slots;
}

void SlotTable::mark(const ItemSet& filter, std::span<std::uint64_t> bits) const {
  const auto words = filter.words();
  for (std::size_t block = 0; block < block_words_.size(); ++block) {
    for (std::uint64_t items = common(block, words); items != 0; items &= items - 1) {
      const auto item = static_cast<std::size_t>(std::countr_zero(items));
      for (Slot slot = first_[block][item]; slot != kNoSlot; slot = next_[slot])
        bits[slot / 64] |= std::uint64_t{1} << slot % 64;
    }
  }
}

std::vector<Slot> SlotTable::live_slots() const {
  std::vector<Slot> slots;
  slots.reserve(live());
  for (Slot slot = 0; slot < items_.size(); ++slot) {
    if (items_[slot] > 0) slots.push_back(slot);
  }
  return slots;
}

Slot SlotTable::slot_of(ImageId image) const {
  const auto entry = slot_of_image_.find(image.value);
  return entry == slot_of_image_.end() ? kNoSlot : entry->second;
}

void SlotTable::append_slots_of(ItemId item, std::vector<Slot>& slots) const {
  if (item.value < 1) return;
  const auto entry = block_of_word_.find(item.value / 64);
  if (entry == block_of_word_.end()) return;
  for (Slot slot = first_[entry->second][static_cast<std::size_t>(item.value % 64)]; slot != kNoSlot;
       slot = next_[slot]) {
    slots.push_back(slot);
  }
}

std::vector<ImageId> SlotTable::images_of(ItemId item) const {
  std::vector<Slot> slots;
  append_slots_of(item, slots);
  std::vector<ImageId> images;
  for (const Slot slot : slots) images.push_back(image(slot));
  return images;
}

SlotTable SlotTable::compacted() const {
  SlotTable next;
  next.reserve(live());
  for (Slot slot = 0; slot < items_.size(); ++slot) {
    if (is_live(slot)) next.publish(next.append(image(slot), item(slot)));
  }
  return next;
}

bool SlotTable::restore(std::span<const std::int64_t> images, std::span<const std::int64_t> items) {
  reserve(images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (items[i] < 0) return false;
    const Slot slot = append({images[i]}, {items[i]});
    if (items[i] == 0) {
      abandon(slot);
    } else if (slot_of({images[i]}) != kNoSlot) {
      return false;
    } else {
      publish(slot);
    }
  }
  return true;
}

std::vector<std::int64_t> SlotTable::raw_items() const {
  std::vector<std::int64_t> items = items_;
  std::ranges::replace_if(items, [](std::int64_t item) { return item < 0; }, 0);
  return items;
}

std::size_t SlotTable::memory_bytes() const {
  constexpr std::size_t kHashEntry = 48;  // a node of std::unordered_map and its share of the buckets
  return images_.capacity() * (2 * sizeof(std::int64_t) + 2 * sizeof(Slot)) +
         slot_of_image_.size() * kHashEntry + first_.capacity() * (sizeof(FirstSlots) + 16) +
         block_of_word_.size() * kHashEntry;
}

}  // namespace fit::index
