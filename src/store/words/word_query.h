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

// The items whose texts exist for a call: words that no other item has are unknown. The default: all items.
// Borrowed.
struct WordScope {
  // Bit i of number w stands for item 64 w + i.
  std::optional<std::span<const std::uint64_t>> among = {};
  const domain::ItemFilter* filter = nullptr;  // on engines with a vector_search()

  bool has_all() const { return !among && filter == nullptr; }
};

// The fields in which a word is looked for.
enum class WordFields : std::uint8_t {
  kBrand,
  kNames,  // title and brand, whose words complete and correct those of queries
};

// A full-text query.
struct WordQuery {
  std::vector<std::string> words;  // UTF-8 without NUL, one word each, such as "levi's"; any case and script
  std::size_t limit = 200;         // hits at most
  // Only these items, where given: bit i of number w stands for item 64 w + i. Borrowed.
  std::optional<std::span<const std::uint64_t>> among;
  // Only items that satisfy it, on engines with a vector_search(); null: all. Borrowed.
  const domain::ItemFilter* filter = nullptr;
  WordScope scope = {};  // what the weights of words, their forms and names are counted over
};

// An item that has some of the words of a query.
struct WordHit {
  ItemId item;
  double score = 0;  // BM25; higher is better, within one result
  // Above 0, at most 1: the share of the words, by weight, that the item has among those that any item has. A
  // word that no item has itself, but in a longer form ("jack" in "jacket"), counts half.
  double matched = 0;
  std::uint32_t found = 0;  // bit i: the item has word i
  std::uint32_t named = 0;  // bit i: its title, brand or size has word i
};

// The result of a WordQuery.
struct WordResults {
  // One word of the query.
  struct Word {
    // Its inverse document frequency; 0 when no item has it, or so many that it is ignored beside other
    // words.
    double weight = 0;
    bool is_name = false;   // a brand has it, or it holds a digit: "levi's", "501"
    bool is_known = false;  // an item has it, a longer word that begins with it or another word of its stem
    bool is_own = false;    // an item has the word itself
  };
  std::vector<WordHit> hits;  // best first, equal ones the later item first
  std::vector<Word> words;    // in the query's order; at most kMaxWords
  double unknown_weight = 0;  // the weight of a word that no item has
};

// A mistyped word with the nearest word of the catalogue.
struct WordCorrection {
  std::string from;  // as given
  std::string to;    // in lower case, as in the catalogue
  // Whether `from` is likely a mistyped `to`. A word that differs from a brand in one letter may be a word of
  // another language ("kleid" beside the brand Klein).
  bool is_certain = true;
};

// The state of the backfill of items that an earlier version stored.
struct WordBackfill {
  bool is_complete = false;
  std::int64_t next = 0;  // the largest id of the remaining items
};

}  // namespace fit::store
