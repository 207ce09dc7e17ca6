#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "domain/records.h"

namespace fit::ingest {

// Records the first line of each key of an input in 23 to 46 bytes a key, and half as much again while the
// table grows. Keys are compared by a hash of 64 bits. Not thread-safe.
class SeenKeys {
 public:
  // Returns the line with which the key was added before. If there is none, adds the key with `line` (> 0)
  // and returns nullopt.
  std::optional<std::int64_t> add(const domain::ItemKey& key, std::int64_t line) {
    if (slots_.empty() || count_ * 10 > slots_.size() * 7) grow();
    Slot& slot = slots_[place(hash_of(key))];
    if (slot.line > 0) return slot.line;
    slot = {hash_of(key), line};
    ++count_;
    return std::nullopt;
  }

  bool contains(const domain::ItemKey& key) const {
    return !slots_.empty() && slots_[place(hash_of(key))].line > 0;
  }

  std::size_t size() const { return count_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::int64_t line = 0;  // 0: the slot is free
  };

  static std::uint64_t hash_of(const domain::ItemKey& key) {
    return xxh3(as_bytes(key.external_id), xxh3(as_bytes(key.source)));
  }

  // The slot of the hash, or the free slot for it. A free slot always exists.
  std::size_t place(std::uint64_t hash) const {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].line > 0 && slots_[at].hash != hash) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_ = std::vector<Slot>(old.empty() ? 1024 : 2 * old.size());
    for (const Slot& slot : old) {
      if (slot.line > 0) slots_[place(slot.hash)] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace fit::ingest
