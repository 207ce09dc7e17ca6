#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The words of listings as the full-text index has them, and those of queries as they are looked up there.
// All functions are pure, take any bytes, and may run concurrently.
//
// A word is a run of folded letters and digits (text/fold.h). Marks between letters without blanks
// ("Arc'teryx", "Y-3", "A.P.C.", "rip-stop") part words, and the whole without its marks is indexed at the
// place of the first. In a script without blanks every character is indexed, and every two that stand
// together: what a query names is found inside any compound.
namespace fit::text {

// The longest word in bytes; what is longer keeps its beginning.
inline constexpr std::size_t kLongestWord = 128;

// A field of a listing. In names, words that stand together are indexed joined, too: "The North Face" has
// "+northface". The plus keeps them apart from words that a listing has itself.
enum class Field : std::uint8_t { kTitle, kBrand, kSize, kDescription };
inline constexpr char kJoinedMark = '+';

// A token of the index.
struct IndexToken {
  std::string_view text;
  std::uint32_t begin = 0;  // bytes in the text
  std::uint32_t end = 0;
  bool is_beside = false;  // has the place of the token before it
};

// Calls `visit` for each token in order, until it returns false.
void visit_tokens(std::string_view text, Field field, const std::function<bool(const IndexToken&)>& visit);

// A word of a query.
struct QueryTerm {
  // What stands for it in the index, each as tokens with blanks between, to be found next to each other: the
  // word, its English singular or plural, its joined and its parted form, "oe" for "ö". The likeliest first.
  std::vector<std::string> forms;
  std::string word;                // folded, without marks: "levis", "tshirt", "化妆"
  std::vector<std::string> parts;  // the words that its marks part: "levi", "s"
  bool has_units = false;          // of a script without blanks
  std::uint32_t begin = 0;         // bytes in the text
  std::uint32_t end = 0;
};

// The words of a text of a query, in order. Runs of a script without blanks are parted by ICU's dictionaries.
std::vector<QueryTerm> query_terms(std::string_view text);

// The words with nothing between them: a name by which all spellings of it are known ("thenorthface", "hm").
std::string joined_name(std::string_view text);

}  // namespace fit::text
