#pragma once

#include <cstddef>
#include <span>

#include "base/ids.h"

namespace fit::style {

// The depth at which the results of two variants are compared.
inline constexpr std::size_t kOverlapDepth = 10;

// How far two rankings agree, each from 0 (nothing in common) to 1 (equal).
struct RankOverlap {
  // The share of items in common among the first kOverlapDepth of both.
  double overlap = 1;
  // Rank-biased overlap (Webber, Moffat and Zobel 2010, "A similarity measure for indefinite rankings",
  // formula 32), with p = 0.9: agreement at the top counts more, and what follows kOverlapDepth is taken to
  // agree as the rankings do there.
  double rank_biased = 1;
};

// Compares two rankings without repetitions by their first kOverlapDepth items. Where one is shorter, its
// missing items agree with nothing; two empty ones are equal. Thread-safe; does not block.
RankOverlap overlap_of(std::span<const ItemId> a, std::span<const ItemId> b);

}  // namespace fit::style
