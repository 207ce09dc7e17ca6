#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace fit::index {

// A set of items as a bitmap over their ids, for filters. Item ids are dense small integers, so a bit each
// costs 6 MB for 50 million items. Not thread-safe while being filled; reading is.
class ItemSet {
 public:
  ItemSet() = default;
  explicit ItemSet(std::span<const ItemId> items) {
    for (const ItemId item : items) insert(item);
  }

  // Ids under 1 are passed over.
  void insert(ItemId item) {
    if (item.value < 1) return;
    const auto word = static_cast<std::size_t>(item.value) / 64;
    if (word >= words_.size()) words_.resize(word + 1 + word / 2);
    const std::uint64_t bit = std::uint64_t{1} << (item.value % 64);
    count_ += (words_[word] & bit) == 0;
    words_[word] |= bit;
  }

  // The items 64 word .. 64 word + 63 at once: bit i is item 64 word + i. Item 0 is not set.
  void assign(std::size_t word, std::uint64_t bits) {
    if (word == 0) bits &= ~std::uint64_t{1};
    if (word >= words_.size()) {
      if (bits == 0) return;
      words_.resize(word + 1 + word / 2);
    }
    count_ +=
        static_cast<std::size_t>(std::popcount(bits)) - static_cast<std::size_t>(std::popcount(words_[word]));
    words_[word] = bits;
  }

  bool contains(ItemId item) const {
    const auto word = static_cast<std::size_t>(item.value) / 64;
    return word < words_.size() && (words_[word] >> (item.value % 64) & 1) != 0;
  }

  std::size_t size() const { return count_; }
  std::span<const std::uint64_t> words() const { return words_; }  // bit i of word w: item 64 w + i

 private:
  std::vector<std::uint64_t> words_;
  std::size_t count_ = 0;
};

}  // namespace fit::index
