#pragma once

#include <string>
#include <string_view>

namespace fit::http {

// A strong entity tag (RFC 9110, 8.8.3) of a response's content, with its quotes: equal for equal bytes.
std::string etag_of(std::string_view content);

// A strong entity tag of content that has that version, with its quotes. The version has no quotes and
// blanks.
std::string etag_of_version(std::string_view version);

// Whether an If-None-Match header names the tag, or is "*". Compares weakly: "W/" does not matter.
bool none_match_names(std::string_view if_none_match, std::string_view etag);

// Whether an If-Match header names the tag, or is "*". Compares strongly: a weak tag matches nothing.
bool match_names(std::string_view if_match, std::string_view etag);

}  // namespace fit::http
