#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Characters of UTF-8 texts. All are pure functions.
namespace fit::text {

// What next_code() returns for a byte that is not UTF-8; no code point has this value.
inline constexpr char32_t kNotUtf8 = 0x110000;

// The character at `at`, which must be inside the text; moves `at` behind it. A byte that is not UTF-8 there
// is skipped alone.
char32_t next_code(std::string_view text, std::size_t& at);
// Appends the UTF-8 form.
void append_code(std::string& text, char32_t code);

// Letters and digits of any script; marks, blanks, signs and emoji are none.
bool is_letter_or_digit(char32_t code);
// An accent as a character of its own (U+0300 to U+036F).
bool is_combining_accent(char32_t code);

// Lower case; Latin letters without their accents, as SQLite's tokenizer unicode61 folds them (all but a few
// rare letters).
char32_t fold_unicode61(char32_t code);
// The plain letter, a to z, of a Latin letter with or without an accent (U+00C0 to U+017F), "ø" and "ł"
// included; '\0' for what is no letter there.
char fold_latin(char32_t code);

std::size_t count_characters(std::string_view text);

// Whether words of the text's script stand without blanks between them (Chinese, Japanese, Thai, ...), so
// that a word may be the start of a longer run.
bool is_written_without_blanks(std::string_view word);

}  // namespace fit::text
