#include "search/team_draft.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace fit::search {
namespace {

std::vector<ItemId> ranked(std::initializer_list<std::int64_t> numbers) {
  std::vector<ItemId> items;
  for (const std::int64_t number : numbers) items.push_back(ItemId{number});
  return items;
}

TEST(TeamDraft, EqualRankingsStayAsTheyAre) {
  const auto ranking = ranked({5, 3, 9, 1});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(interleave(ranking, ranking, 10, seed).items, ranking);
  }
}

TEST(TeamDraft, EachRoundHasOnePickOfEachTeam) {
  const auto a = ranked({1, 2, 3, 4, 5, 6});
  const auto b = ranked({4, 1, 7, 8, 2, 9});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Interleaved merged = interleave(a, b, 6, seed);
    ASSERT_EQ(merged.items.size(), 6U);
    ASSERT_EQ(merged.teams.size(), 6U);
    EXPECT_EQ(std::set<ItemId>(merged.items.begin(), merged.items.end()).size(), 6U);
    for (std::size_t i = 0; i < 6; i += 2) EXPECT_NE(merged.teams[i], merged.teams[i + 1]) << seed;
  }
}

TEST(TeamDraft, ATeamPicksItsBestItemThatIsLeft) {
  const auto a = ranked({1, 2, 3, 4});
  const auto b = ranked({1, 5, 2, 6});
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Interleaved merged = interleave(a, b, 4, seed);
    std::set<ItemId> picked;
    for (std::size_t i = 0; i < merged.items.size(); ++i) {
      const auto& ranking = merged.teams[i] == Team::kA ? a : b;
      const auto best = std::ranges::find_if(ranking, [&](ItemId one) { return !picked.contains(one); });
      ASSERT_NE(best, ranking.end());
      EXPECT_EQ(merged.items[i], *best) << seed;
      picked.insert(merged.items[i]);
    }
  }
}

TEST(TeamDraft, CoinsAreFair) {
  const auto a = ranked({1, 2, 3, 4});
  const auto b = ranked({5, 6, 7, 8});
  constexpr int kSeeds = 4000;
  std::array<int, 4> by_a{};  // how often each position is of team A
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Interleaved merged = interleave(a, b, 4, seed);
    for (std::size_t i = 0; i < 4; ++i) by_a.at(i) += merged.teams[i] == Team::kA ? 1 : 0;
  }
  const double four_deviations = 4 * std::sqrt(kSeeds * 0.25);
  for (const int count : by_a) EXPECT_NEAR(count, kSeeds / 2, four_deviations);
}

TEST(TeamDraft, TheRestOfTheLongerRankingIsOfNoTeam) {
  const auto a = ranked({1});
  const auto b = ranked({2, 3, 4});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Interleaved merged = interleave(a, b, 10, seed);
    ASSERT_EQ(merged.items.size(), 4U);
    // One round is complete, whoever begins it.
    EXPECT_EQ(std::ranges::count(merged.teams, Team::kA), 1);
    EXPECT_EQ(std::ranges::count(merged.teams, Team::kB), 1);
    EXPECT_EQ(merged.teams[2], Team::kNone);
    EXPECT_EQ(merged.teams[3], Team::kNone);
    EXPECT_EQ(merged.items[3], ItemId{4});
  }
  const Interleaved alone = interleave({}, b, 2, 1);
  EXPECT_EQ(alone.items, ranked({2, 3}));
  EXPECT_EQ(alone.teams, (std::vector<Team>{Team::kNone, Team::kNone}));
  EXPECT_TRUE(interleave({}, {}, 5, 1).items.empty());
}

TEST(TeamDraft, RepetitionsInARankingCountOnce) {
  const auto a = ranked({1, 1, 1, 2});
  const auto b = ranked({3, 1, 3, 4});
  const Interleaved merged = interleave(a, b, 10, 3);
  EXPECT_EQ(std::set<ItemId>(merged.items.begin(), merged.items.end()).size(), merged.items.size());
  EXPECT_EQ(merged.items.size(), 4U);
}

TEST(TeamDraft, ASmallerLimitGivesTheBeginning) {
  const auto a = ranked({1, 2, 3, 4, 5});
  const auto b = ranked({5, 4, 6, 7, 1});
  const Interleaved all = interleave(a, b, 100, 42);
  for (std::size_t limit = 0; limit <= all.items.size(); ++limit) {
    const Interleaved some = interleave(a, b, limit, 42);
    EXPECT_EQ(some.items, std::vector(all.items.begin(), all.items.begin() + std::ptrdiff_t(limit)));
    EXPECT_EQ(some.teams, std::vector(all.teams.begin(), all.teams.begin() + std::ptrdiff_t(limit)));
  }
}

}  // namespace
}  // namespace fit::search
