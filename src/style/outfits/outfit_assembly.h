#pragma once

#include <cstddef>
#include <vector>

#include "style/outfits/outfit_category.h"
#include "style/outfits/outfit_score.h"

namespace fit::style {

// Which outfits are wanted. Pieces are indexes of the scorer's candidates.
struct OutfitPlan {
  std::vector<std::size_t> locked = {};  // in every outfit; at most one for each slot, and not a one-piece
                                         // beside a top or a bottom
  bool has_outer_layer = true;           // a locked one is worn whatever this says
  std::size_t count = 3;
  // No outfit has all pieces of one of these, unless they are all locked.
  std::vector<std::vector<std::size_t>> refused = {};
};

struct AssembledOutfit {
  std::vector<std::size_t> pieces;  // in the order of the slots
  std::vector<Slot> empty_slots;    // that no candidate can fill
  OutfitParts parts;
};

// Whether a slot has to be filled beside the locked pieces. A top with a bottom, and a one-piece, are
// alternatives; both are filled where nothing decides between them.
bool is_needed(Slot slot, const OutfitPlan& plan, std::span<const OutfitCandidate> candidates);

// The best outfits, the best first, found by a beam search over the slots: a top with a bottom or a
// one-piece, shoes, an outer layer, a bag, an accessory. Equal arguments give equal outfits.
//
// An outfit has at least two pieces, among them a top, a bottom, a one-piece or a locked piece. No two share
// a piece that is not locked, or one that shows the same picture. Each further one has another kind of top,
// one-piece or, where these are locked, of the next slot, as long as there are other kinds. Pieces for
// different genders are never combined. Only the first outfit may lack a bottom or a top. There are fewer
// outfits than asked for where the candidates do not suffice.
std::vector<AssembledOutfit> assemble_outfits(OutfitScorer& scorer, const OutfitPlan& plan);

}  // namespace fit::style
