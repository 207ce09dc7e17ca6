#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fit::text {

// What words of one kind have in common: the beginning that all share, and whether two share a stem.
//
// The language of a title or a query is not known, so a word has one stem in each language of its script for
// which there is a Snowball stemmer (docs/decisions/0027-words-of-every-language.md). For one thread at a
// time.
class Stems {
 public:
  // `word` is folded, as QueryTerm::word.
  explicit Stems(std::string_view word);

  // The longest beginning that the word shares with all of its stems; empty where the word has no stemmer, or
  // is too short. Words with one of its stems begin like this.
  std::string_view beginning() const { return std::string_view(word_).substr(0, beginning_); }

  // Whether another folded word has the same stem in one language.
  bool share(std::string_view other) const;

 private:
  std::string word_;
  std::size_t beginning_ = 0;       // bytes of the word
  std::vector<std::string> stems_;  // one a language, empty ones where the language has none
  std::size_t script_ = 0;
};

}  // namespace fit::text
