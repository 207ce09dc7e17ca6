#pragma once

#include <string>

#include "base/metrics.h"
#include "base/stopwatch.h"

namespace fit::search {

// The metric of a search's database queries, by kind.
inline Histogram& database_query_seconds(Metrics& metrics, const std::string& kind) {
  return metrics.latency("fit_database_query_seconds", "Time of a search's queries to the database",
                         {{"kind", kind}});
}

// Observes the time from its construction to its destruction.
class QueryTimer {
 public:
  explicit QueryTimer(Histogram& seconds) : seconds_(seconds) {}
  QueryTimer(const QueryTimer&) = delete;
  QueryTimer& operator=(const QueryTimer&) = delete;
  ~QueryTimer() { seconds_.observe(watch_.seconds()); }

 private:
  Histogram& seconds_;
  const Stopwatch watch_;
};

}  // namespace fit::search
