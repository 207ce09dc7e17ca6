#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fit::ontology {

// What stands before a word, the strongest of several marks.
enum class Gap : std::uint8_t {
  kSpace,  // blanks, hyphens, quotes
  kSlash,  // "black/white"
  kComma,  // also dashes and bullets
  kStop,   // the end of a sentence or line, a colon, a bracket; also before the first word
};

// A text cut into words, folded to what they are looked up by: lower case, Latin letters without accents,
// apostrophes dropped ("men's" is "mens"), "&" and "+" read as "and". Words of other scripts stay as they
// are.
class Words {
 public:
  struct Word {
    std::uint32_t begin = 0;  // bytes in the text
    std::uint32_t end = 0;
    std::uint32_t folded = 0;  // its place in the folded text
    std::uint16_t length = 0;
    Gap gap = Gap::kStop;
    bool percent = false;  // "%" follows
  };

  // Any bytes will do; those that are not UTF-8 part words. Reads at most kMaxBytes and kMaxWords of the
  // text.
  explicit Words(std::string_view text);
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

}  // namespace fit::ontology
