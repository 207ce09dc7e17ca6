#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "domain/item_filter.h"

namespace fit::store {

// The number of words of a query that are searched for; further words are ignored.
inline constexpr std::size_t kMaxWords = 32;

// A full-text query.
struct WordQuery {
  std::vector<std::string> words;  // UTF-8 without NUL, one word each, such as "levi's"; any case and script
  std::size_t limit = 200;         // hits at most
  // Only these items, where given: bit i of number w stands for item 64 w + i. Borrowed.
  std::optional<std::span<const std::uint64_t>> among;
  // Only items that satisfy it, on engines with a vector_search(); null: all. Borrowed.
  const domain::ItemFilter* filter = nullptr;
};

// An item that has some of the words of a query.
struct WordHit {
  ItemId item;
  double score = 0;    // BM25; higher is better, within one result
  double matched = 0;  // the share of the words' weights that the item has; above 0, at most 1
};

// The result of a WordQuery.
struct WordResults {
  // One word of the query.
  struct Word {
    // Its inverse document frequency; 0 when no item has it, or so many that it is ignored beside other
    // words.
    double weight = 0;
    bool is_name = false;  // a brand has it, or it holds a digit: "levi's", "501"
  };
  std::vector<WordHit> hits;  // best first, equal ones the later item first
  std::vector<Word> words;    // in the query's order; at most kMaxWords
};

// A mistyped word with the nearest word of the catalogue.
struct WordCorrection {
  std::string from;  // as given
  std::string to;    // in lower case
};

}  // namespace fit::store
