#pragma once

#include <optional>

#include "base/bytes.h"
#include "search/search_engine.h"

namespace fit::search {

// An answer as bytes, without the items' records, of which the ids alone are kept, and without its times.
Bytes encode_answer(const Answer& answer);

// Nothing for bytes that encode_answer() did not make. Of the hits' records only the ids are set.
std::optional<Answer> decode_answer(ByteView bytes);

}  // namespace fit::search
