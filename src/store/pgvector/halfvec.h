#pragma once

#include "store/tables/vector_format.h"

namespace fit::store {

// pgvector's halfvec in PostgreSQL's binary format: 16-bit floats, so that no number may be beyond 65504. It
// decodes pgvector's vector, of 32-bit floats, too.
const VectorFormat& halfvec_format();

}  // namespace fit::store
