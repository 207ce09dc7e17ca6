#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "index/item_set.h"
#include "index/quantised/segment.h"

namespace fit::index {

// Which slots of a segment a filter admits, dead rows included. Lists are looked at when they are first asked
// for: a filter that is used once costs no pass over the segment. Thread-safe. The filter that each call is
// given is the one that the object was made for.
class FilterBits {
 public:
  explicit FilterBits(const Segment& segment);

  struct OfList {
    std::span<const std::uint16_t> bits;  // bit v of word b: slot v of the list's block b
    std::uint32_t count = 0;              // of set bits
  };
  OfList of_list(const Segment& segment, const ItemSet& filter, std::uint32_t list);

  // All admitted slots, ascending. For filters of few items.
  std::span<const std::uint32_t> slots(const Segment& segment, const ItemSet& filter);

  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t kUnknown = ~std::uint32_t{0};

  mutable std::mutex mutex_;                        // held while a part is computed
  std::vector<std::uint16_t> bits_;                 // by block; empty before the first list is asked for
  std::vector<std::atomic<std::uint32_t>> counts_;  // by list; kUnknown: its bits are not computed
  std::atomic<bool> has_slots_ = false;
  std::vector<std::uint32_t> slots_;
};

// The FilterBits of the filters that were used last with one segment. Thread-safe.
class FilterCache {
 public:
  std::shared_ptr<FilterBits> find_or_make(const Segment& segment, std::uint64_t filter_hash);
  std::size_t memory_bytes() const;

 private:
  struct Kept {
    std::uint64_t filter_hash = 0;
    std::shared_ptr<FilterBits> bits;
  };
  mutable std::mutex mutex_;
  std::list<Kept> kept_;  // the one used last first
};

}  // namespace fit::index
