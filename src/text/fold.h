#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Folds texts to the form in which searches compare them. Documents, queries, brands and properties are
// folded alike.
namespace fit::text {

// The role of a character in words.
enum class CharacterKind : std::uint8_t {
  kLetter,   // a letter or digit of a script with blanks between words
  kUnit,     // a character of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese
  kNothing,  // ignored: accents, soft hyphens, zero-width marks, trade mark signs
  kOther,    // blanks, punctuation, signs, emoji, and bytes that are not UTF-8
};

// A character of a text with its combining marks.
struct FoldedCharacter {
  CharacterKind kind = CharacterKind::kOther;
  // The folded form of kLetter and kUnit: one letter, or several ("ß" is "ss"). Valid until the next call.
  std::string_view folded;
  std::string_view digraph;  // the other Latin spelling of the letter ("ö" is also "oe"), or empty
  char32_t code = 0;         // the first code point; kNotUtf8 for a byte that is not UTF-8
  std::uint32_t begin = 0;   // byte offsets in the text
  std::uint32_t end = 0;
};

// Reads a text character by character and folds it: Unicode's NFKC_Casefold; no diacritics on Latin, Greek,
// Cyrillic (except "й" and "ў"), Hebrew and Arabic letters; Latin letters as ICU transliterates them to ASCII
// (ł, ø, đ, ı, œ); one form of alef, yeh, kaf and heh in Arabic and Persian, without tatweel; digits of every
// script as 0 to 9. Accepts any bytes. Borrows the text. Not thread-safe.
class FoldingReader {
 public:
  explicit FoldingReader(std::string_view text) : text_(text) {}

  // Reads the next character. Returns false at the end.
  bool next(FoldedCharacter& character);

 private:
  void read_segment(FoldedCharacter& character);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string folded_;  // the folded form of a character that is not in the table
};

// Folds the letters of a text. Characters of kOther stay as they are; characters of kNothing are removed.
std::string fold(std::string_view text);

}  // namespace fit::text
