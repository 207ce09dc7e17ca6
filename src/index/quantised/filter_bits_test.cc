#include "index/quantised/filter_bits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/temp_dir.h"
#include "index/quantised/segment_builder.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

class FilterBitsTest : public testing::Test {
 protected:
  // Image i + 1 of item i / 2 + 1.
  FilterBitsTest() {
    const TestVectors vectors(20, 3000, 1);
    SegmentPlan plan{.path = folder_.path() / "segment-0000000000000001", .dimensions = 20, .threads = 2};
    for (std::uint32_t i = 0; i < vectors.size(); ++i)
      plan.rows.push_back({std::int64_t{i} + 1, std::int64_t{i} / 2 + 1, 0, i});
    auto built = build_segment(best_kernels(), std::move(plan),
                               [&](const SourceRow& row, float* vector) -> Result<std::uint64_t> {
                                 std::ranges::copy(vectors[row.row], vector);
                                 return 0;
                               });
    segment_ = built->segment;
  }

  std::set<std::uint32_t> rows_in_lists(FilterBits& bits, const ItemSet& filter) const {
    std::set<std::uint32_t> rows;
    for (std::uint32_t list = 0; list < segment_->lists().size(); ++list) {
      const FilterBits::OfList of_list = bits.of_list(*segment_, filter, list);
      std::uint32_t count = 0;
      for (std::size_t b = 0; b < of_list.bits.size(); ++b) {
        for (std::size_t v = 0; v < kBlockVectors; ++v) {
          if ((of_list.bits[b] >> v & 1) == 0) continue;
          ++count;
          rows.insert(segment_->row_of_slot((segment_->first_block(list) + b) * kBlockVectors + v));
        }
      }
      EXPECT_EQ(count, of_list.count);
    }
    return rows;
  }

  TempDir folder_;
  std::shared_ptr<const Segment> segment_;
};

TEST_F(FilterBitsTest, AdmitTheRowsOfTheFiltersItems) {
  for (const std::int64_t every : {1, 3, 100, 1499}) {  // many items and few are looked up in two ways
    ItemSet filter;
    std::set<std::uint32_t> truth;
    for (std::int64_t item = every; item <= 1500; item += every) {
      filter.insert({item});
      truth.insert(static_cast<std::uint32_t>(2 * item - 2));
      truth.insert(static_cast<std::uint32_t>(2 * item - 1));
    }
    filter.insert({9999});
    FilterBits bits(*segment_);
    EXPECT_EQ(rows_in_lists(bits, filter), truth);
    EXPECT_EQ(rows_in_lists(bits, filter), truth) << "the second time from memory";
    const auto slots = bits.slots(*segment_, filter);
    EXPECT_TRUE(std::ranges::is_sorted(slots));
    std::set<std::uint32_t> of_slots;
    for (const std::uint32_t slot : slots) of_slots.insert(segment_->row_of_slot(slot));
    EXPECT_EQ(of_slots, truth);
    EXPECT_GT(bits.memory_bytes(), 0U);
  }
  FilterBits none(*segment_);
  EXPECT_TRUE(rows_in_lists(none, ItemSet()).empty());
  EXPECT_TRUE(none.slots(*segment_, ItemSet()).empty());
}

TEST_F(FilterBitsTest, ThreadsThatAskForTheSameListsSeeTheSameBits) {
  ItemSet filter;
  for (std::int64_t item = 1; item <= 1500; item += 2) filter.insert({item});
  FilterBits bits(*segment_);
  std::vector<std::set<std::uint32_t>> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& one : seen) {
      threads.emplace_back([&] {
        one = rows_in_lists(bits, filter);
        EXPECT_EQ(bits.slots(*segment_, filter).size(), one.size());
      });
    }
  }
  for (const auto& one : seen) EXPECT_EQ(one, seen[0]);
  EXPECT_EQ(seen[0].size(), 1500U);
}

TEST_F(FilterBitsTest, TheCacheKeepsTheFiltersThatWereUsedLast) {
  FilterCache cache;
  const auto first = cache.find_or_make(*segment_, 1);
  EXPECT_EQ(cache.find_or_make(*segment_, 1), first);
  for (std::uint64_t hash = 2; hash <= 8; ++hash) EXPECT_NE(cache.find_or_make(*segment_, hash), first);
  EXPECT_EQ(cache.find_or_make(*segment_, 1), first);
  cache.find_or_make(*segment_, 9);
  EXPECT_EQ(cache.find_or_make(*segment_, 1), first) << "2 was the one to go";
  for (std::uint64_t hash = 10; hash <= 17; ++hash) cache.find_or_make(*segment_, hash);
  EXPECT_NE(cache.find_or_make(*segment_, 1), first);
  EXPECT_GT(cache.memory_bytes(), 0U);
}

}  // namespace
}  // namespace fit::index
