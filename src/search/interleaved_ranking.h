#pragma once

#include <unordered_map>
#include <vector>

#include "search/fusion.h"
#include "search/ranking.h"
#include "search/team_draft.h"

namespace fit::search {

// Two rankings of one query's candidates in one.
struct InterleavedRanking {
  RankedCandidates ranked;
  std::unordered_map<ItemId, Team> teams;  // kA: of the first ranking
};

// Merges two rankings of the same candidates, tier by tier, by interleave() (search/team_draft.h). The scores
// of the merged candidates fall with their position and say nothing else; their parts are those of `adapted`.
InterleavedRanking interleave_rankings(const RankedCandidates& fixed, RankedCandidates adapted,
                                       std::uint64_t seed);

// What adapted weights were multiplied with in the parts of a candidate's score, in units of a first rank.
std::array<double, kFusedParts.size()> unweighted_parts(const Candidate& candidate,
                                                        const FusionWeights& weights);

}  // namespace fit::search
