#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "index/item_set.h"

namespace fit::index {

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = ~Slot{0};

// Maps the slots of an index to their image and item, images to slots and items to slots.
// Slots are numbered from 0 in the order of append() and never used twice. A slot is pending, then live, then
// dead. Reads may run concurrently; a change requires that no other call runs.
class SlotTable {
 public:
  // Makes room for `slots`. Throws std::bad_alloc with nothing changed.
  void reserve(std::size_t slots);

  // A new pending slot. `item` is positive.
  Slot append(ImageId image, ItemId item);

  // Makes a pending slot live; an earlier slot of the same image dies.
  void publish(Slot slot);

  // Makes a pending slot dead.
  void abandon(Slot slot);

  // Makes the live slot of an image dead; false when the image has none.
  bool erase(ImageId image);

  std::size_t size() const { return items_.size(); }
  std::size_t live() const { return slot_of_image_.size(); }
  std::size_t dead() const { return dead_; }
  std::size_t items() const { return item_count_; }

  bool is_live(Slot slot) const { return items_[slot] > 0; }
  ItemId item(Slot slot) const { return {items_[slot]}; }  // the slot must be live
  ImageId image(Slot slot) const { return {images_[slot]}; }

  // Whether a search may return the slot.
  bool matches(Slot slot, const ItemSet* filter) const {
    return items_[slot] > 0 && (filter == nullptr || filter->contains(item(slot)));
  }

  // How many of this index's items are in the filter: a popcount for each 64 ids.
  std::size_t count_items(const ItemSet& filter) const;

  // The live slots of the filter's items.
  std::vector<Slot> collect(const ItemSet& filter) const;

  // Sets the bits of the live slots of the filter's items: bit i of word w is slot 64 w + i. `bits` has a bit
  // for each slot.
  void mark(const ItemSet& filter, std::span<std::uint64_t> bits) const;

  // All live slots, ascending.
  std::vector<Slot> live_slots() const;

  // The live slot of an image; kNoSlot when it has none.
  Slot slot_of(ImageId image) const;

  // Appends the live slots of an item to `slots`, in no order.
  void append_slots_of(ItemId item, std::vector<Slot>& slots) const;
  std::vector<ImageId> images_of(ItemId item) const;

  // A table of the live slots alone, renumbered in their old order.
  SlotTable compacted() const;

  // A table from raw_images() and raw_items(); false when an image comes twice or a number is negative.
  bool restore(std::span<const std::int64_t> images, std::span<const std::int64_t> items);

  std::size_t memory_bytes() const;

  // For snapshots: one number a slot. Dead and pending slots have item 0.
  std::span<const std::int64_t> raw_images() const { return images_; }
  std::vector<std::int64_t> raw_items() const;

 private:
  // The first slots of the items 64 w .. 64 w + 63, which one word of an ItemSet covers.
  using FirstSlots = std::array<Slot, 64>;

  void link(Slot slot);
  void unlink(Slot slot);
  std::uint64_t common(std::size_t block, std::span<const std::uint64_t> words) const {
    const auto word = static_cast<std::size_t>(block_words_[block]);
    return word < words.size() ? present_[block] & words[word] : 0;
  }

  std::vector<std::int64_t> images_;   // by slot
  std::vector<std::int64_t> items_;    // by slot; positive live, negative pending, 0 dead
  std::vector<Slot> next_, previous_;  // by slot: the chain of one item's slots
  std::unordered_map<std::int64_t, Slot> slot_of_image_;
  std::vector<std::int64_t> block_words_;  // by block: its w
  std::vector<std::uint64_t> present_;     // by block: a bit for each item that has a slot
  std::vector<FirstSlots> first_;          // by block: the first slot of each item's chain
  std::unordered_map<std::int64_t, std::uint32_t> block_of_word_;
  std::size_t dead_ = 0;
  std::size_t item_count_ = 0;
};

}  // namespace fit::index
