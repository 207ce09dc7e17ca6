#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "domain/records.h"
#include "ingest/import/warning.h"

namespace fit::ingest {

// The readers of single values: cells of a table, JSON values as text, XML elements. What cannot be read
// leaves its field as it was, with a warning. All are pure functions of UTF-8 texts.

// A text on one line: markup is resolved (text/html.h), line breaks and control characters are blanks, and
// blanks, no-break spaces and marks without width are gone from the ends.
std::string read_line(std::string_view cell);
// A text that keeps its line breaks.
std::string read_block(std::string_view cell);
// The text without blanks, no-break spaces, byte order marks and marks without width at its ends.
std::string_view trim_marks(std::string_view text);

// A column's or member's name in the form that the tables of shapes have: "Image Src", "image-src" and
// "imageSrc" are "image_src"; "g:price" is "price".
std::string normal_name(std::string_view header);

// Sets a text field of the listing by its name, as catalog::set_text() knows them, from a cell of any form:
// too long texts are cut, statuses and dates are read in usual forms. Blank cells and those of
// is_no_value() leave the field as it is. A field that has a value keeps it.
void set_listing_text(domain::Listing& listing, std::string_view field, std::string_view cell,
                      Warnings& warnings);

// Whether a cell says that there is no value: "NaN", "NULL", "N/A", "None".
bool is_no_value(std::string_view cell);

// A time in a usual form: RFC 3339, "2026-11-22 12:30", "22.11.2026", "11/22/2026", "22 Nov 2026", RFC 2822,
// seconds or milliseconds since 1970. Nothing for others, and for a day and month that may be either way
// round ("03/04/2026").
std::optional<Timestamp> read_time(std::string_view text);

// One of domain::kStatuses from the words of shops: "in stock", "sold out", "draft",
// "https://schema.org/InStock". Nothing for others.
std::optional<std::string_view> read_status(std::string_view text);

// "yes", "true", "1", ... and their opposites. Nothing for others.
std::optional<bool> read_flag(std::string_view text);

// Whether a spreadsheet has turned an id into a number of fewer digits ("6.93217E+12").
bool is_spoiled_id(std::string_view id);

}  // namespace fit::ingest
