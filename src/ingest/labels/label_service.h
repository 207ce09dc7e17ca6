#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "ingest/labels/label_worker.h"
#include "ingest/labels/labels.h"
#include "jobs/queue.h"
#include "ontology/ontology.h"

namespace fit::ingest {

// Which targets of a kind get a job.
enum class LabelRun : std::uint8_t {
  kUnlabelled,   // those that no machine has labelled
  kUncaptioned,  // those, and those that the local model has labelled
  kAll,
};

// The labels of one catalogue and the jobs that write them. Thread-safe; calls block. Borrows its parts.
class LabelService {
 public:
  LabelService(LabelWorker::Parts parts, const LabelWorker::Options& options, jobs::Queue& queue);
  LabelService(const LabelService&) = delete;
  LabelService& operator=(const LabelService&) = delete;

  sql::Database& database() { return database_; }
  Labels labels() { return Labels(database_); }
  const ontology::Ontology& ontology() const { return ontology_; }
  // kNotFound when there is no such asset or cluster.
  Result<void> check_target(const LabelTarget& target);
  // Adds the job that labels a target, unless there is one that is not finished. The errors of check_target()
  // and of LabelWorker::check_enabled().
  Result<jobs::AddedJob> request(const LabelTarget& target, std::string_view submitter);
  // For the workers of the queue.
  jobs::Handler handler() { return worker_.handler(); }

 private:
  sql::Database& database_;
  const ontology::Ontology ontology_;
  const std::function<Result<std::optional<ImageId>>(std::int64_t)> cluster_centre_;
  jobs::Queue& queue_;
  LabelWorker worker_;
};

// Adds the jobs of many targets in small transactions and announces them. `stop` ends it between two of them.
// Returns the number of new jobs.
Result<std::int64_t> request_labels(sql::Database& database, jobs::Queue& queue, LabelTarget::Kind kind,
                                    LabelRun run, const std::stop_token& stop);

}  // namespace fit::ingest
