#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Divides listings into the tokens of the full-text index, and queries into the words that are looked up
// there. All functions are pure, accept any bytes, and may run concurrently.
//
// A word is a run of folded letters and digits (text/fold.h). Marks without blanks between letters
// ("Arc'teryx", "Y-3", "A.P.C.", "rip-stop") separate words, and the whole without its marks is a further
// token at the position of the first word. In a script without blanks, every character and every two adjacent
// characters are tokens, so that a query's word is found inside any compound.
namespace fit::text {

// The largest size of a word in bytes; longer words are truncated.
inline constexpr std::size_t kLongestWord = 128;

// A field of a listing. In all fields except descriptions, adjacent words are also indexed joined, with a
// plus that distinguishes them from words that a listing has itself: "The North Face" has "+northface".
enum class Field : std::uint8_t { kTitle, kBrand, kSize, kDescription };
inline constexpr char kJoinedMark = '+';

// A token of the index.
struct IndexToken {
  std::string_view text;
  std::uint32_t begin = 0;  // byte offsets in the text
  std::uint32_t end = 0;
  bool is_beside = false;  // at the position of the token before it
};

// Calls `visit` for each token in order, until `visit` returns false.
void visit_tokens(std::string_view text, Field field, const std::function<bool(const IndexToken&)>& visit);

// A word of a query.
struct QueryTerm {
  // The forms of the word in the index, the likeliest first: the word, its English singular or plural, its
  // joined form and its parts, "oe" for "ö". Each form is tokens separated by blanks, which must be adjacent.
  std::vector<std::string> forms;
  std::string word;                // folded, without marks: "levis", "tshirt", "化妆"
  std::vector<std::string> parts;  // the words that its marks separate: "levi", "s"
  bool has_units = false;          // in a script without blanks
  std::uint32_t begin = 0;         // byte offsets in the text
  std::uint32_t end = 0;
};

// Divides a query into words, in order. Runs in a script without blanks are divided with ICU's dictionaries.
std::vector<QueryTerm> query_terms(std::string_view text);

// Joins the words of a name, so that all its spellings are equal: "thenorthface", "hm".
std::string joined_name(std::string_view text);

// The joined names by which a brand is looked up: its own and the one without a leading "the". None for a
// brand without letters and digits or with a name of more than 64 bytes.
std::vector<std::string> brand_names(std::string_view brand);

}  // namespace fit::text
