#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "domain/records.h"
#include "ingest/import/warning.h"

namespace fit::ingest {

// Readers of single values: cells of a table, JSON values as text, XML elements. A value that cannot be read
// leaves its field unchanged and adds a warning. All functions are pure; all texts are UTF-8.

// Reads a text of one line: resolves markup (text/html.h), replaces line breaks and control characters by
// blanks, and trims like trim_marks().
std::string read_line(std::string_view cell);
// Reads a text of several lines: like read_line(), but keeps line breaks.
std::string read_block(std::string_view cell);
// Removes blanks, line breaks, no-break spaces, byte order marks and zero-width marks at both ends.
std::string_view trim_marks(std::string_view text);

// The name of a column or member in the form of the tables of shape.cc: "Image Src", "image-src" and
// "imageSrc" become "image_src", "g:price" becomes "price".
std::string normal_name(std::string_view header);

// Sets a text field of the listing, with the field names of catalog::set_text(), from a cell of any form:
// truncates long texts, and reads the usual forms of statuses and dates. Blank cells and those of
// is_no_value() are ignored. A field that has a value keeps it, except the status.
void set_listing_text(domain::Listing& listing, std::string_view field, std::string_view cell,
                      Warnings& warnings);

// Whether a cell stands for a missing value: "NaN", "NULL", "N/A", "None".
bool is_no_value(std::string_view cell);

// Reads a time in a usual form: RFC 3339, "2026-11-22 12:30", "22.11.2026", "11/22/2026", "22 Nov 2026", RFC
// 2822, seconds or milliseconds since 1970. nullopt for other texts, and when day and month could be swapped
// ("03/04/2026").
std::optional<Timestamp> read_time(std::string_view text);

// Maps the words of shops to one of domain::kStatuses: "in stock", "sold out", "draft",
// "https://schema.org/InStock". nullopt for other texts.
std::optional<std::string_view> read_status(std::string_view text);

// Reads "yes", "true", "1" and the like, and their opposites. nullopt for other texts.
std::optional<bool> read_flag(std::string_view text);

// Whether the id looks like a number that a spreadsheet rounded ("6.93217E+12").
bool is_spoiled_id(std::string_view id);

}  // namespace fit::ingest
