#pragma once

#include <optional>

#include "base/bytes.h"
#include "search/search_engine.h"

namespace fit::search {

// An answer as bytes, without the items' records, of which the ids alone are kept, and without its times.
Bytes encode_results(const SearchResults& answer);

// Nothing for bytes that encode_results() did not make. Of the hits' records only the ids are set.
std::optional<SearchResults> decode_results(ByteView bytes);

}  // namespace fit::search
