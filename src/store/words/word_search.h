#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sql/sql_connection.h"
#include "store/words/word_engine.h"

namespace fit::store {

// How many occurrences one occurrence in the title, the brand or the description counts for, in BM25 over
// fields (Robertson, Zaragoza 2009).
inline constexpr std::array<double, 3> kFieldWeights = {8, 4, 1};

// The score that `frequency` weighted occurrences of a word of this weight add to a text of `length` words,
// where texts have `mean` words on average.
double bm25(double weight, double frequency, double length, double mean);

// The number of bits that are set.
std::int64_t count_bits(std::span<const std::uint64_t> bits);

// The score of one item.
struct WordScore {
  double score = 0;
  double matched = 0;  // sum of the weights of the words that the item has
};

// A word of a query with its forms.
struct WordTerm {
  std::int64_t word = 0;           // index into the query's words
  std::vector<std::string> forms;  // each words with blanks between, to be found next to each other
  std::int64_t items = 0;          // that have it; of common ones, about
  double weight = 0;
};

// A database's index of the words of items.
class WordIndex {
 public:
  virtual ~WordIndex() = default;

  // Of the latest `most` items that have one of the texts: how many there are, and the first one's id.
  struct Latest {
    std::int64_t items = 0;
    std::int64_t first = 0;
  };
  virtual Result<Latest> latest(std::span<const std::string> texts, std::int64_t most) = 0;

  // All clauses hold for the items looked for.
  struct Clause {
    std::span<const WordTerm> terms;
    bool all = false;    // the item has all of the terms, or one of them
    bool counts = true;  // for the score
  };
  struct Selection {
    std::vector<Clause> clauses;
    bool names_only = false;                              // the words are in titles and brands
    std::int64_t after = 0;                               // only items with larger ids
    std::int64_t limit = 0;                               // the latest items only, at most this many
    std::optional<std::span<const std::uint64_t>> among;  // as in WordQuery
    const domain::ItemFilter* filter = nullptr;           // as in WordQuery
  };
  // Whether at most `most` items satisfy the filter.
  virtual Result<bool> has_few(const domain::ItemFilter& filter, std::int64_t most) = 0;

  using Visitor = std::function<void(std::int64_t item, const WordScore& score)>;
  virtual Result<void> score(const Selection& selection, const Visitor& visit) = 0;
};

// Words::find() over an index. Words are taken by rarity, so that no query walks through all items of common
// words.
Result<WordResults> search_words(sql::SqlConnection& connection, WordIndex& index, const WordQuery& query);

}  // namespace fit::store
