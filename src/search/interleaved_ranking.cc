#include "search/interleaved_ranking.h"

#include <algorithm>

namespace fit::search {
namespace {

std::vector<ItemId> items_of_tier(const RankedCandidates& ranked, KindTier tier) {
  std::vector<ItemId> items;
  for (const Candidate& one : ranked.candidates) {
    if (one.tier == tier) items.push_back(one.item);
  }
  return items;
}

// The number of the part of kFusedParts that a part of a score belongs to; its size for another one.
std::size_t fused_part(std::string_view name) {
  if (name == "kind") name = "properties";  // inherited properties have the weight of the named ones
  return static_cast<std::size_t>(std::ranges::find(kFusedParts, name) - kFusedParts.begin());
}

}  // namespace

InterleavedRanking interleave_rankings(const RankedCandidates& fixed, RankedCandidates adapted,
                                       std::uint64_t seed) {
  InterleavedRanking merged;
  std::unordered_map<ItemId, std::size_t> places;
  for (std::size_t i = 0; i < adapted.candidates.size(); ++i) places.emplace(adapted.candidates[i].item, i);
  std::vector<Candidate> candidates;
  for (const KindTier tier : {KindTier::kOfKind, KindTier::kUnknown, KindTier::kOtherKind}) {
    const auto of_fixed = items_of_tier(fixed, tier);
    const auto of_adapted = items_of_tier(adapted, tier);
    const Interleaved list = interleave(of_fixed, of_adapted, of_fixed.size() + of_adapted.size(), seed);
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const auto place = places.find(list.items[i]);
      if (place == places.end()) continue;
      Candidate& one = candidates.emplace_back(std::move(adapted.candidates[place->second]));
      one.score = 1 / (kRankOffset + static_cast<double>(candidates.size()));
      merged.teams.emplace(one.item, list.teams[i]);
    }
  }
  merged.ranked = std::move(adapted);
  merged.ranked.candidates = std::move(candidates);
  return merged;
}

std::array<double, kFusedParts.size()> unweighted_parts(const Candidate& candidate,
                                                        const FusionWeights& weights) {
  std::array<double, kFusedParts.size()> parts = {};
  for (const ScorePart& one : candidate.parts) {
    const std::size_t part = fused_part(one.name);
    if (part < parts.size() && weights.parts[part] > 0) {
      parts[part] += one.score / (weights.parts[part] * kFirstRank);
    }
  }
  return parts;
}

}  // namespace fit::search
