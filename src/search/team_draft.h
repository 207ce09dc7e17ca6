#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace fit::search {

// Which of two rankings put an item into a merged list.
enum class Team : std::uint8_t {
  kA,
  kB,
  kNone,  // from the rest of one ranking, after the other had no further item
};

// A merged list. Both vectors have equal sizes.
struct Interleaved {
  std::vector<ItemId> items;  // without repetitions
  std::vector<Team> teams;    // of the item at the same position
};

// Merges two rankings by team-draft interleaving (Radlinski, Kurup, Joachims 2008: "How does clickthrough
// data reflect retrieval quality?"). In each round a coin, drawn from the seed, says which ranking picks
// first; each then picks its best item that nobody has picked. So after an even number of picks both teams
// have equally many, and what people do with the items compares the rankings without regard to positions. An
// item that a ranking has twice counts where it is first.
//
// Once a ranking has no further item, the other one completes the round that has begun, and its rest follows.
// Nobody drafted the rest against anything, so it is of Team::kNone and must not be counted for a ranking.
//
// Equal arguments give equal lists, and a smaller `limit` gives the beginning of the list of a larger one.
// Thread-safe; does not block. The time is linear in the sizes of the rankings.
Interleaved interleave(std::span<const ItemId> a, std::span<const ItemId> b, std::size_t limit,
                       std::uint64_t seed);

}  // namespace fit::search
