#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fit::text {

// The stems of a word, to find other words with the same stem.
//
// The language of a title or a query is not known. A word therefore has one stem for each Snowball stemmer of
// its script (docs/decisions/0029-words-of-every-language.md). Not thread-safe.
class Stems {
 public:
  // `word` is folded, like QueryTerm::word.
  explicit Stems(std::string_view word);

  // The longest prefix of the word that all its stems share: words with one of its stems begin with it. Empty
  // when no stemmer applies or the prefix is too short.
  std::string_view beginning() const { return std::string_view(word_).substr(0, beginning_); }

  // Whether another folded word has the same stem in one language.
  bool share(std::string_view other) const;

 private:
  std::string word_;
  std::size_t beginning_ = 0;       // the size in bytes of beginning()
  std::vector<std::string> stems_;  // one for each language of the script; empty: no stem
  std::size_t script_ = 0;
};

}  // namespace fit::text
