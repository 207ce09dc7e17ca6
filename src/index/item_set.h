#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace fit::index {

// A set of items as a bitmap over their ids, for filters. Item ids are small and dense: 50 million of them
// take 6 MB. Concurrent reads are safe; a change needs the set for itself.
class ItemSet {
 public:
  ItemSet() = default;
  explicit ItemSet(std::span<const ItemId> items) {
    for (const ItemId item : items) insert(item);
  }

  // The items whose bits are set: bit i of word w is item 64 w + i. Item 0 does not exist.
  static ItemSet of_words(std::vector<std::uint64_t> words) {
    ItemSet set;
    set.words_ = std::move(words);
    if (!set.words_.empty()) set.words_[0] &= ~std::uint64_t{1};
    for (const std::uint64_t word : set.words_) set.count_ += static_cast<std::size_t>(std::popcount(word));
    return set;
  }

  // Ignores ids under 1.
  void insert(ItemId item) {
    if (item.value < 1) return;
    const auto word = static_cast<std::size_t>(item.value) / 64;
    if (word >= words_.size()) words_.resize(word + 1 + word / 2);
    const std::uint64_t bit = std::uint64_t{1} << (item.value % 64);
    count_ += (words_[word] & bit) == 0;
    words_[word] |= bit;
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
