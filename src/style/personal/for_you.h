#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "search/search_engine.h"
#include "style/personal/personal_tastes.h"

namespace fit::style {

struct ForYouOptions {
  std::size_t limit = 20;     // 1 to search::kMaxLimit
  std::uint64_t seed = 0;     // equal seeds give equal picks while the catalogue and the taste are the same
  search::Filter filter;      // as in search::Query
  search::Filter required;    // as in search::Query
  std::stop_token stop = {};  // ends the work early
};

// An item that a person may like.
struct ForYouPick {
  domain::ItemRecord item;
  TasteScore taste;
  bool is_exploration = false;  // one of the newest items, picked at random
};

struct ForYouPicks {
  std::vector<ForYouPick> picks;
  bool is_personal = false;  // false: nothing is known of the person, and the picks are the newest items
};

// Picks items for a person by the taste alone, without those that the person has given feedback to.
//
// Candidates are the newest items and those that look like what is liked: three centres of the taste are
// drawn by Thompson sampling, from Beta distributions whose counts are the weights of the centres, and the
// liked items nearest to each are the examples of a search. The score of the taste with a little noise orders
// them. A pick lowers the scores of candidates that look like it. Each fifth pick is one of the newest items
// at random, so that a taste can grow. `known` is null for somebody without feedback. Thread-safe; blocks.
// The errors of the engine and of the store.
Result<ForYouPicks> pick_for_you(search::SearchEngine& engine, store::Catalogue& store,
                                 const KnownTaste* known, const ForYouOptions& options);

}  // namespace fit::style
