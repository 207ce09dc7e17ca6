#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fit::store {

// The words of a text: runs of letters and digits of any script, in lower case, Latin ones without accents,
// as SQLite's tokenizer unicode61 has them (all but a few rare letters). The text must be UTF-8.
std::vector<std::string> split_words(std::string_view text);

// The forms of a word that a user typed, each as words with blanks between: the word itself, its English
// singular or plural, and for one with inner marks also the whole: "levi's" is "levi s", "levis" and "levi".
// The likeliest first; none for a text without letters and digits.
std::vector<std::string> word_forms(std::string_view word);

std::size_t count_characters(std::string_view text);

// Whether words of the text's script stand without blanks between them (Chinese, Japanese, Thai, ...), so
// that a word may be the start of a longer run.
bool is_written_without_blanks(std::string_view word);

}  // namespace fit::store
