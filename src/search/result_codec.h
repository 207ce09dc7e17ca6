#pragma once

#include <optional>

#include "base/bytes.h"
#include "search/search_engine.h"

namespace fit::search {

// Results as bytes: with the ids of the items instead of their records, and without times.
Bytes encode_results(const SearchResults& results);

// Nothing for bytes that encode_results() did not make. Only the ids of the hits' records are set.
std::optional<SearchResults> decode_results(ByteView bytes);

}  // namespace fit::search
