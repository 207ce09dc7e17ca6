#pragma once

#include <string>
#include <string_view>

// Converts HTML to text, and text to HTML and XML. All functions are pure and accept any bytes.
namespace fit::text {

// Whether a text has markup: an HTML tag ("<p>", "</b>", "<br/>"), a comment, or a character reference with
// its semicolon ("&amp;", "&#39;").
bool has_markup(std::string_view text);

// Returns the text that HTML shows: tags, attributes, comments, scripts and styles are removed, character
// references are resolved, block elements begin a new line. Line breaks of the source become blanks if it has
// block elements, and stay otherwise. Escaped markup ("&lt;p&gt;") is resolved as well. Input after kMaxHtml
// bytes is cut. A text without markup is returned unchanged.
std::string plain_text(std::string_view text);

// Escapes a text for HTML and XML, in elements and in attributes with quotes. Characters that XML 1.0 does
// not have, and bytes that are no UTF-8, are left out.
std::string escape_markup(std::string_view text);

inline constexpr std::size_t kMaxHtml = 256 << 10;

}  // namespace fit::text
