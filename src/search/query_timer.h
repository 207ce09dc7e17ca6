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

// The metric of the searches of a space's vector index, in this process or in the database.
inline Histogram& index_seconds(Metrics& metrics, const std::string& space) {
  return metrics.latency("fit_index_seconds", "Time of one search of a vector index", {{"space", space}});
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
