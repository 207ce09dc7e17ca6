#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Characters of UTF-8 texts. All are pure functions.
namespace fit::text {

// What next_code() returns for a byte that is not UTF-8; no code point has this value.
inline constexpr char32_t kNotUtf8 = 0x110000;

// Reads the character at `at`, which must be inside the text, and moves `at` to the next one. A byte that is
// not UTF-8 is read alone, as kNotUtf8.
char32_t next_code(std::string_view text, std::size_t& at);
// Appends the character in UTF-8.
void append_code(std::string& text, char32_t code);

// Whether the character is a letter or a digit of any script. Marks, blanks, signs and emoji are not.
bool is_letter_or_digit(char32_t code);
// Whether the character is a combining accent (U+0300 to U+036F).
bool is_combining_accent(char32_t code);

// The character in lower case, and Latin letters without their accents: the folding of SQLite's tokenizer
// unicode61, except for a few rare letters.
char32_t fold_unicode61(char32_t code);
// The plain letter, a to z, of a Latin letter with or without an accent (U+00C0 to U+017F), "ø" and "ł"
// included; '\0' for other characters.
char fold_latin(char32_t code);

std::size_t count_characters(std::string_view text);

// Whether the word's script is written without blanks between words (Chinese, Japanese, Thai, ...), so that
// the word may be the start of a longer run.
bool is_written_without_blanks(std::string_view word);

}  // namespace fit::text
