#pragma once

#include <cstdint>
#include <string_view>

// Signs, codes and names of currencies. All functions are pure.
namespace fit::text {

// Whether the text is the sign ("€"), ISO 4217 code ("eur") or name ("euros") of a currency, in any letter
// case.
bool is_currency(std::string_view text);
// The ISO 4217 code of a currency that is_currency() accepts. Empty for a name that several currencies share
// ("kr") and for other texts.
std::string_view currency_code(std::string_view text);
// Whether the text has the form of an ISO 4217 code: three capital ASCII letters.
bool has_code_form(std::string_view text);

// How a word is written, as far as it tells a code from another word.
enum class Casing : std::uint8_t { kAny, kUpperInMixed };  // kUpperInMixed: "TRY" in "coat 500 TRY"

// Whether a word of a query, beside a number, says that the number is an amount of money: the texts of
// is_currency() without those that are words of another meaning there ("ft"). Codes that are also words
// ("top", "try") are currencies only with kUpperInMixed. The word is folded (text/fold.h).
bool is_currency_in_query(std::string_view word, Casing casing);

}  // namespace fit::text
