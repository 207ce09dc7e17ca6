#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/background_task.h"
#include "base/result.h"
#include "ingest/clusters/cluster_rows.h"
#include "sql/database.h"

namespace fit::ingest {

// Has the clusters of a catalogue for itself: nobody else changes them while the lease is extended, which a
// thread does. A program that dies loses it within a minute. Gives the lease back at the end of its scope.
class RebuildLease {
 public:
  // kConflict while another rebuild is running; the errors of the database. Blocks.
  static Result<std::unique_ptr<RebuildLease>> take(sql::Database& database);
  ~RebuildLease();
  RebuildLease(const RebuildLease&) = delete;
  RebuildLease& operator=(const RebuildLease&) = delete;

  // The generation that was read when the lease began.
  std::int64_t generation() const { return generation_; }

  // Within a write transaction: kConflict if the lease was lost, and the clusters were changed since.
  Result<void> check(sql::SqlConnection& connection) const;
  // Within the transaction that makes the result current: gives the lease back.
  Result<void> give_back(sql::SqlConnection& connection);

 private:
  RebuildLease(sql::Database& database, const ClusterState& state, std::int64_t until)
      : database_(database), generation_(state.generation), version_(state.version), until_(until) {}
  void extend();

  sql::Database& database_;
  const std::int64_t generation_;
  const std::int64_t version_;       // of the clusters
  std::atomic<std::int64_t> until_;  // as the database has it; 0: given back
  BackgroundTask task_;
};

}  // namespace fit::ingest
