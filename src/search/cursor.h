#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "search/query.h"

namespace fit::search {

// A place in the order of an answer: fused candidates first, what follows by likeness alone after them;
// within each, higher scores first and equal ones by id.
struct Place {
  bool follows = false;  // among what comes after the fused candidates
  double score = 0;
  ItemId item;
};
bool comes_before(const Place& a, const Place& b);

// Where a page ended.
struct Cursor {
  Place last;
  std::uint32_t passed = 0;    // places up to and with that one
  std::uint64_t question = 0;  // fingerprint of the question that it belongs to
  std::int64_t space = 0;      // that was searched; 0: the order is that of no space
};

// Opaque text for clients.
std::string encode_cursor(const Cursor& cursor);

// kInvalid naming "cursor" for what encode_cursor() did not make.
Result<Cursor> decode_cursor(std::string_view text);

// Equal for questions that have the same order of answers: limit, facets and explain may differ between
// pages.
std::uint64_t fingerprint(const Query& query);

}  // namespace fit::search
