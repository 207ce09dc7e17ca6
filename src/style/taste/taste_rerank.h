#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "style/taste/taste.h"

namespace fit::style {

// The most that a taste counts: half of the score.
inline constexpr double kMaxTasteWeight = 0.5;

// An item that a search proposes.
struct TasteCandidate {
  const PreparedItem* item = nullptr;  // borrowed; null: nothing is known of it, and it is not moved
  double score = 0;                    // of the search; more is better
};

// A candidate with what the taste adds to its score.
struct TasteRank {
  std::size_t candidate = 0;  // the index of the candidate
  // The addition is in units of the candidates' scores, so that a search adds it as one more part ("taste")
  // of a score that is the sum of its parts.
  double addition = 0;
  TasteScore taste = {};
};

// Orders candidates by their scores and a taste, best first; equal ones stay in their order. The mixed score
// is (1 - w) s + w t, with the scores s scaled to 0..1 over the candidates, the scores t of the taste, and
// w = the weight, at most kMaxTasteWeight, times the taste's confidence: 0 when nothing is known. The order
// is that of the scores with their additions. Scores that are not finite stay behind all others. A search
// calls it for the candidates of one tier.
std::vector<TasteRank> rerank_by_taste(std::span<const TasteCandidate> candidates, const Taste& taste,
                                       double weight);

}  // namespace fit::style
