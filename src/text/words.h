#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fit::text {

// What separates a word from the one before it; the strongest of several marks.
enum class Gap : std::uint8_t {
  kSpace,  // blanks, hyphens, quotes
  kSlash,  // "black/white"
  kComma,  // also dashes and bullets
  kStop,   // the end of a sentence or line, a colon, a bracket; also before the first word
};

// How a text is divided into words. Words are folded as by FoldingReader.
enum class WordRule : std::uint8_t {
  // Texts of people: apostrophes dropped ("men's" is "mens"), "&" and "+" read as "and"; gaps and percent
  // signs are noted. Bounded by kMaxBytes, kMaxWords and kMaxLength.
  kProse,
  // The words of a query: inner hyphens, apostrophes, dots and "&" kept; "t-shirt", "levi's", "h&m" and
  // "a.p.c" are one word each.
  kTyped,
};

// A text divided into words, with the position of each word in the text and its folded form. Immutable.
class Words {
 public:
  // One word; positions and lengths are in bytes.
  struct Word {
    std::uint32_t begin = 0;   // in the text
    std::uint32_t end = 0;     // in the text
    std::uint32_t folded = 0;  // the position of the folded form in the folded text
    std::uint32_t length = 0;  // the length of the folded form
    Gap gap = Gap::kStop;      // before the word
    bool percent = false;      // a "%" follows; kProse alone
  };

  // Accepts any bytes. Bytes that are not UTF-8 separate words.
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

}  // namespace fit::text
