#pragma once

#include <cstdint>
#include <string_view>

#include "domain/item_filter.h"

namespace fit::search {

// The texts in which a denied word is looked for: every text of an item, or its title and brand. Descriptions
// tell too much to be evidence of a property: "a black dress, also available in red".
enum class DeniedIn : std::uint8_t { kAllTexts, kNames };

// The condition that an item does not have the word, or several words next to each other, in any form
// (text/analyzer.h). An item that denies the word itself ("without hood") satisfies it. Without letters or
// digits, the condition has no forms and excludes nothing.
domain::DeniedWord denied_word(std::string_view words, DeniedIn texts);

}  // namespace fit::search
