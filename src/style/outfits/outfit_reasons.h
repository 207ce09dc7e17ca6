#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "style/outfits/outfit_score.h"

namespace fit::style {

// Why outfit[piece] is in an outfit of the scorer's candidates, as short texts, the most important first:
// "2.4 times likelier with these kinds than anywhere", "navy and beige: one of them is neutral". Empty where
// nothing speaks for it.
std::vector<std::string> reasons_for(const OutfitScorer& scorer, std::span<const std::size_t> outfit,
                                     std::size_t piece);

}  // namespace fit::style
