#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// English singulars and plurals. All are pure functions and accept any text.
namespace fit::text {

// The regular plural of a noun, or of a phrase by its last word: "dress" -> "dresses", "body" -> "bodies".
std::string plural(std::string_view noun);

// A change of a word's ending: `from` is replaced by `to` in words longer than `longer_than` bytes.
struct EndingChange {
  std::string_view from;
  std::string_view to;
  std::size_t longer_than = 0;
};

// Applies each change that fits to the word, and returns the forms in the order of the changes. Unlike
// inflected() it returns forms that are not words, for lookups among known words.
std::vector<std::string> change_ending(std::string_view word, std::span<const EndingChange> changes);

// The word (in lower case) and its English singular or plural by the usual rules; the word comes first.
// Returns only the word when it is short or has other characters than a to z.
std::vector<std::string> inflected(const std::string& word);

}  // namespace fit::text
