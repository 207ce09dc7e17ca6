#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "ingest/assets/asset_worker.h"
#include "ingest/sources/batch_writer.h"
#include "ingest/sources/crawler.h"
#include "ingest/sources/host_leases.h"
#include "ingest/sources/source_record.h"
#include "jobs/handler.h"
#include "jobs/queue.h"
#include "sql/database.h"

namespace fit::ingest {

// Does the jobs of sources: reads their pages (kSourceRunJob) and writes what these show (kSourceItemsJob). A
// job gives its thread back after half a minute, and another one continues. Thread-safe. Its parts must
// outlive it.
class SourceWorker {
 public:
  struct Parts {
    sql::Database& database;
    std::function<CatalogLease()> catalog;  // leases the catalog for one job; thread-safe
    jobs::Queue& queue;
    Crawler& crawler;
    Log log;
    Metrics& metrics;
  };
  struct Options {
    std::chrono::milliseconds step{30'000};  // how long one job reads pages, or begins listings
    BatchWriter::Options writer = {};
    bool is_alone = false;  // as HostLeases::Options::is_alone
  };
  SourceWorker(Parts parts, Options options)
      : parts_(std::move(parts)),
        options_(options),
        leases_(parts_.database, HostLeases::Options{.is_alone = options.is_alone}) {}
  SourceWorker(const SourceWorker&) = delete;
  SourceWorker& operator=(const SourceWorker&) = delete;

  // The handlers for the workers of the queue. This object must outlive them.
  std::vector<jobs::Handler> handlers();

  // Reads pages of the run of the job. Success also when the run has ended or was removed. kCancelled after
  // `stop`; the errors of the database.
  Result<void> fetch(const jobs::Job& job, const std::stop_token& stop);
  // Writes the batch of the job. The errors are those of fetch() and of BatchWriter::write().
  Result<void> write(const jobs::Job& job, const std::stop_token& stop);

  // Which process may ask a host. Whoever else of this process asks for the sources of the catalogue takes
  // these, too.
  HostLeases& leases() { return leases_; }

 private:
  // A run with its source, both as they are now.
  struct Work {
    RunRecord run;
    SourceRecord source;
  };
  // nullopt when the run is over or gone.
  Result<std::optional<Work>> find_work(SourceRunId id);
  // Calls `change` in a transaction with the run and its source locked, unless the run is over; then takes
  // the run's next step. Returns whether the run goes on.
  using RunChange =
      std::function<Result<void>(sql::SqlConnection& connection, RunRecord& run, SourceRecord& source)>;
  Result<bool> change_run(SourceRunId id, const RunChange& change);
  // Ends a run that has failed, unless a person has changed the source since it was `content`. Returns
  // whether the run goes on, with the source as it is now.
  Result<bool> fail_run(SourceRunId id, const Error& error, const std::string& content);
  void note_outcomes(const SourceRecord& source, const RunCounts& counts);
  void note_end(const SourceRecord& source, const RunRecord& run);

  const Parts parts_;
  const Options options_;
  HostLeases leases_;
};

}  // namespace fit::ingest
