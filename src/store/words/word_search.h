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

// The weights of an occurrence in the title, the brand, the description and the size, for BM25 over fields
// (Robertson, Zaragoza 2009).
inline constexpr std::array<double, 4> kFieldWeights = {8, 4, 1, 4};
inline constexpr std::size_t kDescriptionField = 2;

// The weight of an occurrence of another word of the stem, or of a longer word.
inline constexpr double kOtherForm = 0.25;

// Returns the score that a word of this weight with `frequency` weighted occurrences adds to a text of
// `length` words, where texts have `mean` words on average.
double bm25(double weight, double frequency, double length, double mean);

// Returns the number of bits that are set.
std::int64_t count_bits(std::span<const std::uint64_t> bits);
// Returns the number of the last bit that is set; 0 when none is.
std::int64_t last_bit(std::span<const std::uint64_t> bits);

// The score of an item.
struct WordScore {
  double score = 0;
  double matched = 0;       // sum of the weights of the terms that the item has
  std::uint32_t found = 0;  // bit i: the item has the term with slot i
  std::uint32_t named = 0;  // bit i: its title, brand or size has it
};

// A word of a query with its forms.
struct WordTerm {
  std::size_t word = 0;            // index into the query's words
  std::int64_t slot = 0;           // the number of the term, below kMaxWords
  std::vector<std::string> forms;  // each is words with blanks between, which occur next to each other
  // The number of the first forms that are the word itself. The others have the weight kOtherForm.
  std::size_t own = 0;
  std::int64_t items = 0;  // the number of items that have it; an estimate for common words
  double weight = 0;

  double share(std::size_t form) const { return form < own ? 1 : kOtherForm; }
};

// A database's full-text index with the scope of a query (WordScope), on one connection. For its thread;
// calls block.
class WordIndex {
 public:
  virtual ~WordIndex() = default;

  // The latest items of the scope that have one of the texts, at most `most`: their number and their smallest
  // id.
  struct Latest {
    std::int64_t items = 0;
    std::int64_t first = 0;
  };
  virtual Result<Latest> latest(std::span<const std::string> texts, std::int64_t most) = 0;

  // A condition on the words of an item.
  struct Clause {
    std::span<const WordTerm> terms;
    bool all = false;    // whether an item must have all of the terms or one of them
    bool counts = true;  // whether its terms count for the score
  };
  // The items that score() visits: those that satisfy all clauses, and the other conditions.
  struct Selection {
    std::vector<Clause> clauses;
    bool names_only = false;                              // only titles and brands are searched
    std::int64_t after = 0;                               // only items with larger ids
    std::int64_t limit = 0;                               // the latest items, at most this many
    std::optional<std::span<const std::uint64_t>> among;  // as in WordQuery
    const domain::ItemFilter* filter = nullptr;           // as in WordQuery
  };
  // The largest id of an item of the scope; 0 when there is none.
  virtual Result<std::int64_t> last() = 0;
  // Whether an item of the scope has one of the texts in these fields.
  virtual Result<bool> has_in(WordFields fields, std::span<const std::string> texts) = 0;

  // Whether at most `most` items satisfy the filter.
  virtual Result<bool> has_few(const domain::ItemFilter& filter, std::int64_t most) = 0;

  // Calls `visit` for each item of the selection, in no particular order.
  using Visitor = std::function<void(std::int64_t item, const WordScore& score)>;
  virtual Result<void> score(const Selection& selection, const Visitor& visit) = 0;
};

// Words::find() over an index, within a read transaction. Rare words are searched first, so that no query
// reads all items of common words.
Result<WordResults> search_words(sql::SqlConnection& connection, WordIndex& index, const WordQuery& query);

}  // namespace fit::store
