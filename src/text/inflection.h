#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// English singulars and plurals. All are pure functions; what is no English word does no harm.
namespace fit::text {

// The regular plural of a noun, or of a phrase by its last word: "dress" -> "dresses", "body" -> "bodies".
std::string plural(std::string_view noun);

// One way to change a word's end: words that end with `from` and are longer than `longer_than` bytes get `to`
// in its place.
struct EndingChange {
  std::string_view from;
  std::string_view to;
  std::size_t longer_than = 0;
};

// What each of the changes makes of the word, in their order; nothing for those that do not fit it. Unlike
// word_forms() this gives forms that are no words, for lookups among known ones.
std::vector<std::string> change_ending(std::string_view word, std::span<const EndingChange> changes);

// What stands for a word that a user typed, each as words with blanks between: itself, its English singular
// or plural, and for one with inner marks also the whole: "levi's" is "levi s", "levis" and "levi". The
// likeliest first; none for a text without letters and digits. Words are folded as split_words() does.
std::vector<std::string> word_forms(std::string_view word);

}  // namespace fit::text
