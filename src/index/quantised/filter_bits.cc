#include "index/quantised/filter_bits.h"

#include <algorithm>
#include <bit>

namespace fit::index {
namespace {

constexpr std::size_t kKeptFilters = 8;
constexpr std::size_t kCostOfLookup = 16;  // of an item's slots, in slots of a pass over all

}  // namespace

FilterBits::FilterBits(const Segment& segment) : counts_(segment.lists().size()) {
  for (auto& count : counts_) count.store(kUnknown, std::memory_order_relaxed);
}

FilterBits::OfList FilterBits::of_list(const Segment& segment, const ItemSet& filter, std::uint32_t list) {
  const std::uint32_t first = segment.first_block(list);
  const std::uint32_t end = segment.first_block(list + 1);
  std::uint32_t count = counts_[list].load(std::memory_order_acquire);
  if (count == kUnknown) {
    const std::lock_guard lock(mutex_);
    count = counts_[list].load(std::memory_order_relaxed);
    if (count == kUnknown) {
      if (bits_.empty()) bits_.resize(segment.slots() / kBlockVectors);
      count = 0;
      for (std::uint32_t block = first; block < end; ++block) {
        unsigned bits = 0;
        for (std::size_t v = 0; v < kBlockVectors; ++v) {
          const std::uint32_t row = segment.row_of_slot(block * kBlockVectors + v);
          if (row != kNoRow && filter.contains(segment.item(row))) bits |= 1U << v;
        }
        bits_[block] = static_cast<std::uint16_t>(bits);
        count += static_cast<std::uint32_t>(std::popcount(bits));
      }
      counts_[list].store(count, std::memory_order_release);
    }
  }
  return {std::span(bits_).subspan(first, end - first), count};
}

std::span<const std::uint32_t> FilterBits::slots(const Segment& segment, const ItemSet& filter) {
  if (has_slots_.load(std::memory_order_acquire)) return slots_;
  const std::lock_guard lock(mutex_);
  if (has_slots_.load(std::memory_order_relaxed)) return slots_;
  if (filter.size() * kCostOfLookup < segment.rows()) {
    for (std::size_t word = 0; word < filter.words().size(); ++word) {
      for (std::uint64_t bits = filter.words()[word]; bits != 0; bits &= bits - 1)
        segment.append_slots_of({static_cast<std::int64_t>(word * 64) + std::countr_zero(bits)}, slots_);
    }
    std::ranges::sort(slots_);
  } else {
    for (std::uint32_t slot = 0; slot < segment.slots(); ++slot) {
      const std::uint32_t row = segment.row_of_slot(slot);
      if (row != kNoRow && filter.contains(segment.item(row))) slots_.push_back(slot);
    }
  }
  has_slots_.store(true, std::memory_order_release);
  return slots_;
}

std::size_t FilterBits::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return bits_.capacity() * 2 + counts_.size() * 4 + slots_.capacity() * 4;
}

std::shared_ptr<FilterBits> FilterCache::find_or_make(const Segment& segment, std::uint64_t filter_hash) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, filter_hash, &Kept::filter_hash);
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return kept_.front().bits;
  }
  kept_.push_front({filter_hash, std::make_shared<FilterBits>(segment)});
  if (kept_.size() > kKeptFilters) kept_.pop_back();
  return kept_.front().bits;
}

std::size_t FilterCache::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (const Kept& one : kept_) bytes += one.bits->memory_bytes();
  return bytes;
}

}  // namespace fit::index
