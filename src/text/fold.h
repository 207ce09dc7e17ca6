#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The form of texts in which searches compare them. Documents, queries, brands and properties are folded
// alike.
namespace fit::text {

// What a character is to the words of a text.
enum class CharacterKind : std::uint8_t {
  kLetter,   // a letter or digit of a script that parts words by blanks
  kUnit,     // a character of a script that does not: Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese
  kNothing,  // no character of its own: accents, soft hyphens, zero-width marks, trade marks
  kOther,    // blanks, punctuation, signs, emoji, and bytes that are not UTF-8
};

// A character of a text with the marks that belong to it.
struct FoldedCharacter {
  CharacterKind kind = CharacterKind::kOther;
  // The folded form of kLetter and kUnit: one letter, or several ("ß" is "ss"). Valid until the next call.
  std::string_view folded;
  std::string_view digraph;  // the other Latin spelling of the letter ("ö" is also "oe"), or empty
  char32_t code = 0;         // as it stands; kNotUtf8 for a byte that is not UTF-8
  std::uint32_t begin = 0;   // bytes in the text
  std::uint32_t end = 0;
};

// Reads a text character by character, folded by these rules: Unicode's NFKC_Casefold; no diacritics on
// Latin, Greek, Cyrillic ("й" stays), Hebrew and Arabic letters; Latin letters in ASCII as ICU transliterates
// them (ł, ø, đ, ı, œ); alef, yeh, kaf and heh of Arabic and Persian in one form each, without tatweel;
// digits of every script as 0 to 9. For one thread at a time; borrows the text. Takes any bytes.
class FoldingReader {
 public:
  explicit FoldingReader(std::string_view text) : text_(text) {}

  // Reads the next character. Returns false at the end.
  bool next(FoldedCharacter& character);

 private:
  void read_segment(FoldedCharacter& character);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string folded_;  // of a character that the tables do not have
};

// The text with its letters folded; characters of kOther stay as they are, those of kNothing are left out.
std::string fold(std::string_view text);

}  // namespace fit::text
