#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::ingest {

// How many requests a catalogue may send to the provider of captions in a day (UTC), whichever process sends
// them. The count is in the database. Thread-safe; calls block. Borrows the database.
class CaptionBudget {
 public:
  // `per_day` of 0: no limit; requests are counted all the same.
  CaptionBudget(sql::Database& database, std::int64_t per_day) : database_(&database), per_day_(per_day) {}

  // Takes one request out of the day's budget. kTooManyRequests when it is used up; the errors of the
  // database.
  Result<void> take(Timestamp time = now());
  // The requests of the day so far.
  Result<std::int64_t> used(Timestamp time = now());

 private:
  sql::Database* database_;
  std::int64_t per_day_;
};

}  // namespace fit::ingest
