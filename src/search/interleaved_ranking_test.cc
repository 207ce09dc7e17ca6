#include "search/interleaved_ranking.h"

#include <gtest/gtest.h>

namespace fit::search {
namespace {

RankedCandidates ranking_of(std::vector<std::pair<std::int64_t, KindTier>> items) {
  RankedCandidates ranked;
  for (const auto& [item, tier] : items) {
    ranked.candidates.push_back({.item = ItemId{item}, .parts = {{"image", 0.5}}, .tier = tier});
  }
  return ranked;
}

std::vector<std::int64_t> ids_of(const RankedCandidates& ranked) {
  std::vector<std::int64_t> ids;
  for (const Candidate& one : ranked.candidates) ids.push_back(one.item.value);
  return ids;
}

TEST(InterleavedRankingTest, TiersStayOneAfterTheOther) {
  constexpr KindTier kFirst = KindTier::kOfKind;
  constexpr KindTier kLast = KindTier::kOtherKind;
  const auto fixed = ranking_of({{1, kFirst}, {2, kFirst}, {3, kLast}, {4, kLast}});
  const auto adapted = ranking_of({{2, kFirst}, {1, kFirst}, {4, kLast}, {3, kLast}});
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const auto merged = interleave_rankings(fixed, adapted, seed);
    const auto ids = ids_of(merged.ranked);
    ASSERT_EQ(ids.size(), 4U);
    EXPECT_EQ(ids[0] + ids[1], 3);
    EXPECT_EQ(ids[2] + ids[3], 7);
    for (std::size_t i = 1; i < 4; ++i) {
      EXPECT_GT(merged.ranked.candidates[i - 1].score, merged.ranked.candidates[i].score);
    }
    // Each ranking has put its best item there, unless the other one was first.
    EXPECT_EQ(merged.teams.at(ItemId{ids[0]}), ids[0] == 1 ? Team::kA : Team::kB);
  }
}

TEST(InterleavedRankingTest, EqualSeedsGiveEqualLists) {
  std::vector<std::pair<std::int64_t, KindTier>> up;
  std::vector<std::pair<std::int64_t, KindTier>> down;
  for (std::int64_t i = 1; i <= 20; ++i) {
    up.emplace_back(i, KindTier::kOfKind);
    down.emplace_back(21 - i, KindTier::kOfKind);
  }
  const auto of_seed = [&](std::uint64_t seed) {
    return ids_of(interleave_rankings(ranking_of(up), ranking_of(down), seed).ranked);
  };
  EXPECT_EQ(of_seed(5), of_seed(5));
  bool differs = false;
  for (std::uint64_t seed = 0; seed < 8; ++seed) differs = differs || of_seed(seed) != of_seed(5);
  EXPECT_TRUE(differs);
}

TEST(InterleavedRankingTest, PartsLoseTheirWeights) {
  FusionWeights weights;
  weights.parts = {0.5, 1, 1, 0, 2};
  const Candidate candidate{.item = ItemId{1},
                            .parts = {{"image", 0.5 * kFirstRank},
                                      {"properties", kFirstRank},
                                      {"kind", kFirstRank},
                                      {"words", kFirstRank},
                                      {"taste.look", 1}}};
  const auto parts = unweighted_parts(candidate, weights);
  EXPECT_DOUBLE_EQ(parts[0], 1);
  EXPECT_DOUBLE_EQ(parts[1], 0);
  EXPECT_DOUBLE_EQ(parts[3], 0);
  EXPECT_DOUBLE_EQ(parts[4], 1);
}

}  // namespace
}  // namespace fit::search
