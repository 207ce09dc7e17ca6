#pragma once

#include "big_searches.h"
#include "index/vector_index.h"

namespace fit::bench {

inline void check(const Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().describe());
}

// Adds new vectors, whose ids follow `known`, in batches of 100 while another thread searches, and removes
// them. Figures: vectors a second, how many of those asked for were found at once, times of the searches.
Json measure_inserts(index::VectorIndex& index, const CliplikeVectors& source, const ExactAnswers& queries,
                     std::size_t known);

}  // namespace fit::bench
