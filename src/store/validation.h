#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/result.h"
#include "domain/records.h"

namespace fit::store {

// The longest source and external_id: together they must fit into an index row of either engine.
inline constexpr std::size_t kMaxKeyBytes = 1000;

// Returns the dimensions of a space, or an Error for an unknown one.
using DimensionsOf = std::function<Result<int>(std::int64_t space_id)>;

// Whether the text can be stored: well-formed UTF-8 (Unicode 15, table 3-7) without a NUL.
bool is_storable_text(std::string_view text);

// Checks what the store promises about every row, before anything is written: a source and an external_id of
// 1 to kMaxKeyBytes bytes, storable texts, a known status, a finite price >= 0, origins only beside values,
// each with a confidence from 0 to 1, and finite vectors of their space's dimensions. kInvalid naming the
// column at fault. Thread-safe.
Result<void> validate(const domain::ItemWrite& item, const DimensionsOf& dimensions_of);
Result<void> validate_properties(const domain::Properties& values, const domain::PropertyOrigins& origins);
Result<void> validate_vector(std::span<const float> values, int dimensions);

}  // namespace fit::store
