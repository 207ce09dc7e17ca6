#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fit::text {

// What stands before a word, the strongest of several marks.
enum class Gap : std::uint8_t {
  kSpace,  // blanks, hyphens, quotes
  kSlash,  // "black/white"
  kComma,  // also dashes and bullets
  kStop,   // the end of a sentence or line, a colon, a bracket; also before the first word
};

// What counts as a word, and what it is folded to.
enum class WordRule : std::uint8_t {
  // Texts of people: lower case, Latin letters without accents, apostrophes dropped ("men's" is "mens"), "&"
  // and "+" read as "and"; gaps and percent signs are noted. Words of other scripts stay as they are. Bounded
  // by kMaxBytes, kMaxWords and kMaxLength.
  kProse,
  // As the full-text index has them: runs of letters and digits of any script, folded as SQLite's tokenizer
  // unicode61 folds them; "levi's" is two.
  kIndexed,
  // As they stand in a query: ASCII letters in lower case, other scripts as they are, inner hyphens and
  // apostrophes kept; "t-shirt" and "levi's" are one.
  kTyped,
  // Whatever stands between blanks, ASCII letters in lower case; prices keep their signs.
  kBlanks,
};

// A text cut into words, with the place of each in the text and its folded form. Immutable.
class Words {
 public:
  struct Word {
    std::uint32_t begin = 0;  // bytes in the text
    std::uint32_t end = 0;
    std::uint32_t folded = 0;  // its place in the folded text
    std::uint32_t length = 0;  // of the folded form
    Gap gap = Gap::kStop;
    bool percent = false;  // "%" follows; of kProse
  };

  // Takes any bytes; those that are not UTF-8 part words of kProse.
  explicit Words(std::string_view text, WordRule rule = WordRule::kProse);
  static constexpr std::size_t kMaxBytes = 256 * 1024;
  static constexpr std::size_t kMaxWords = 20'000;
  static constexpr std::size_t kMaxLength = 64;  // longer words keep their beginning

  std::size_t size() const { return words_.size(); }
  const Word& operator[](std::size_t i) const { return words_[i]; }
  std::string_view text(std::size_t i) const {
    return std::string_view(folded_).substr(words_[i].folded, words_[i].length);
  }
  // All words, with one space between them.
  std::string joined() const;

 private:
  std::string folded_;
  std::vector<Word> words_;
};

// The folded words of WordRule::kIndexed.
std::vector<std::string> split_words(std::string_view text);

}  // namespace fit::text
