#pragma once

#include <optional>

#include "base/bytes.h"
#include "search/search_engine.h"

namespace fit::search {

// Encodes results as bytes, with the ids of the items instead of their records, and without times.
Bytes encode_results(const SearchResults& results);

// Decodes the bytes of encode_results(); nullopt for other bytes. Only the ids of the hits' records are set.
std::optional<SearchResults> decode_results(ByteView bytes);

}  // namespace fit::search
