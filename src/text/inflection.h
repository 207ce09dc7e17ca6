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

// What each of the changes makes of the word, in their order; nothing for those that do not fit it. It gives
// forms that are no words too, for lookups among known ones.
std::vector<std::string> change_ending(std::string_view word, std::span<const EndingChange> changes);

// A word in lower case and its other number, by the usual rules of English; itself first, and nothing else
// where it is short or holds other letters than a to z.
std::vector<std::string> inflected(const std::string& word);

}  // namespace fit::text
