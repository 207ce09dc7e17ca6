#pragma once

#include <string>
#include <string_view>

// The text of HTML. All are pure functions; they take any bytes.
namespace fit::text {

// Whether a text holds markup: a tag of HTML ("<p>", "</b>", "<br/>"), a comment, or a character reference
// with its semicolon ("&amp;", "&#39;").
bool has_markup(std::string_view text);

// The text that a reader of the HTML sees: tags, attributes, comments, scripts and styles are gone, character
// references are characters, block elements begin a new line. Line breaks of the source are blanks, unless it
// has no block elements. Markup that was escaped ("&lt;p&gt;") is read as well. More than kMaxHtml bytes are
// cut. Returns a text without markup as it is.
std::string plain_text(std::string_view text);

inline constexpr std::size_t kMaxHtml = 256 << 10;

}  // namespace fit::text
