#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "search/ranking.h"

namespace fit::search {

// A candidate of one tier, as a person's taste judges it.
struct PersonalCandidate {
  ItemId item;
  double score = 0;  // of the query; more is better
};

// What one person likes, as of one moment. Thread-safe; calls block.
class PersonalOrder {
 public:
  virtual ~PersonalOrder() = default;

  // The moment in microseconds since 1970, above 0. Pages of a query with equal moments have one order.
  virtual std::int64_t learned_at() const = 0;

  // What the taste adds to the score of each candidate, in parts and in the units of the scores. `weight` is
  // Weights::taste. `candidates` are all of one tier. Errors are the store's.
  virtual Result<std::vector<std::vector<ScorePart>>> parts_of(std::span<const PersonalCandidate> candidates,
                                                               double weight) const = 0;
};

}  // namespace fit::search
