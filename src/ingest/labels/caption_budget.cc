#include "ingest/labels/caption_budget.h"

#include <chrono>
#include <limits>

namespace fit::ingest {
namespace {

constexpr std::int64_t kKeptDays = 31;

std::int64_t day_of(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

}  // namespace

Result<void> CaptionBudget::take(Timestamp time) {
  const std::int64_t day = day_of(time);
  const std::int64_t most = per_day_ > 0 ? per_day_ : std::numeric_limits<std::int64_t>::max();
  FIT_TRY(const bool is_taken,
          database_->write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<bool> {
            FIT_TRY(const auto first,
                    connection.execute("INSERT INTO caption_requests (day, requests) VALUES ($1, 0) "
                                       "ON CONFLICT (day) DO NOTHING",
                                       {day}));
            if (first > 0) {
              FIT_CHECK(connection.execute("DELETE FROM caption_requests WHERE day < $1", {day - kKeptDays}));
            }
            FIT_TRY(
                const auto taken,
                connection.execute(
                    "UPDATE caption_requests SET requests = requests + 1 WHERE day = $1 AND requests < $2",
                    {day, most}));
            return taken > 0;
          }));
  if (is_taken) return {};
  return Error{ErrorCode::kTooManyRequests,
               "the captions of this day are used up; VLM_DAILY_LIMIT says how many there are",
               {},
               {}};
}

Result<std::int64_t> CaptionBudget::used(Timestamp time) {
  return database_->read([&](sql::SqlConnection& connection) -> Result<std::int64_t> {
    FIT_TRY(const auto requests,
            connection.query_integer("SELECT requests FROM caption_requests WHERE day = $1", {day_of(time)}));
    return requests.value_or(0);
  });
}

}  // namespace fit::ingest
