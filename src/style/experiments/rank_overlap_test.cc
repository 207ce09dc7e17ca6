#include "style/experiments/rank_overlap.h"

#include <gtest/gtest.h>

#include <vector>

namespace fit::style {
namespace {

std::vector<ItemId> numbered(std::initializer_list<std::int64_t> numbers) {
  std::vector<ItemId> items;
  for (const std::int64_t number : numbers) items.push_back(ItemId{number});
  return items;
}

TEST(RankOverlap, EqualRankingsAgree) {
  const auto ranking = numbered({3, 1, 2});
  EXPECT_DOUBLE_EQ(overlap_of(ranking, ranking).overlap, 1);
  EXPECT_NEAR(overlap_of(ranking, ranking).rank_biased, 1, 1e-12);
  EXPECT_DOUBLE_EQ(overlap_of({}, {}).overlap, 1);
}

TEST(RankOverlap, RankingsWithoutCommonItemsDisagree) {
  const RankOverlap none = overlap_of(numbered({1, 2}), numbered({3, 4}));
  EXPECT_DOUBLE_EQ(none.overlap, 0);
  EXPECT_DOUBLE_EQ(none.rank_biased, 0);
  EXPECT_DOUBLE_EQ(overlap_of(numbered({1}), {}).overlap, 0);
}

TEST(RankOverlap, TheTopCountsMore) {
  const auto ranking = numbered({1, 2, 3, 4, 5});
  const RankOverlap at_top = overlap_of(ranking, numbered({2, 1, 3, 4, 5}));
  const RankOverlap at_end = overlap_of(ranking, numbered({1, 2, 3, 5, 4}));
  EXPECT_DOUBLE_EQ(at_top.overlap, 1);
  EXPECT_DOUBLE_EQ(at_end.overlap, 1);
  EXPECT_LT(at_top.rank_biased, at_end.rank_biased);
  EXPECT_LT(at_end.rank_biased, 1);
}

TEST(RankOverlap, OneOfTwoInCommon) {
  // Depth 1 agrees fully, depth 2 by a half: 0.5 * 0.81 + (0.9 * 1 + 0.81 * 0.5) / 9.
  const RankOverlap half = overlap_of(numbered({1, 2}), numbered({1, 3}));
  EXPECT_DOUBLE_EQ(half.overlap, 0.5);
  EXPECT_NEAR(half.rank_biased, 0.405 + (0.9 + 0.405) / 9, 1e-12);
}

TEST(RankOverlap, OnlyTheFirstTenCount) {
  std::vector<ItemId> a;
  std::vector<ItemId> b;
  for (int i = 1; i <= 10; ++i) {
    a.push_back(ItemId{i});
    b.push_back(ItemId{i});
  }
  a.push_back(ItemId{100});
  b.push_back(ItemId{200});
  EXPECT_DOUBLE_EQ(overlap_of(a, b).overlap, 1);
}

}  // namespace
}  // namespace fit::style
