#include "index/replacement.h"

#include <cstring>
#include <unordered_set>

namespace fit::index {

Replacement plan_replacement(const SlotTable& table, const VectorRows& rows, std::span<const ItemId> items,
                             std::span<const Entry> entries) {
  Replacement change;
  std::unordered_set<std::int64_t> in_entries;
  in_entries.reserve(entries.size());
  for (const Entry& entry : entries) {
    in_entries.insert(entry.image.value);
    const Slot slot = table.slot_of(entry.image);
    const bool same = slot != kNoSlot && table.item(slot) == entry.item &&
                      std::memcmp(rows[slot], entry.vector.data(), entry.vector.size_bytes()) == 0;
    if (!same) change.added.push_back(entry);
  }
  for (const ItemId item : items) {
    for (const ImageId image : table.images_of(item)) {
      if (in_entries.insert(image.value).second) change.removed.push_back(image);
    }
  }
  return change;
}

bool too_many_dead(const SlotTable& table) {
  constexpr std::size_t kWorthIt = 256;
  return table.dead() >= kWorthIt && table.dead() * 10 > table.size() * 3;
}

}  // namespace fit::index
