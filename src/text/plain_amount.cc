#include "text/plain_amount.h"

#include "base/replace_all.h"
#include "base/text.h"

namespace fit::text {

std::string plain_amount(std::string_view text) {
  std::string result(text);
  for (const char* blank : {"\u00A0", "\u202F", "\u2009", "\u2007", "\u3000", "\t", "\n", "\r"}) {
    replace_all(result, blank, " ");
  }
  for (const char* nothing : {"\u200B", "\u200E", "\u200F", "\uFEFF", "\u2060", "\u00AD"})
    replace_all(result, nothing, "");
  for (const char* apostrophe : {"\u2019", "\u2018", "`", "\u00B4"}) replace_all(result, apostrophe, "'");
  for (const char* dash : {"\u2013", "\u2014", "\u2212", "\u2010", "\u2011"}) replace_all(result, dash, "-");
  replace_all(result, "\uFF04", "$");
  replace_all(result, "\uFFE1", "£");
  replace_all(result, "\uFFE5", "¥");
  replace_all(result, "\uFF0C", ",");
  replace_all(result, "\uFF0E", ".");
  for (char digit = 0; digit < 10; ++digit) {
    const char wide[] = {'\xEF', '\xBC', static_cast<char>('\x90' + digit), '\0'};
    const char narrow[] = {static_cast<char>('0' + digit), '\0'};
    replace_all(result, wide, narrow);
  }
  replace_all(result, "Ł", "ł");
  replace_all(result, "Č", "č");
  return to_lower(trim(result));
}

}  // namespace fit::text
