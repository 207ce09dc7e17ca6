#include "jobs/bulk_retry.h"

#include <chrono>
#include <utility>

#include "base/format.h"

namespace fit::jobs {
namespace {

constexpr double kMostPerSecond = 1000;
constexpr std::size_t kPage = 100;

}  // namespace

Result<BulkRetry::Progress> BulkRetry::start(const Request& request) {
  if (!(request.per_second > 0 && request.per_second <= kMostPerSecond)) {
    return invalid("per_second", fit::format("must be above 0 and at most {}", kMostPerSecond));
  }
  const std::lock_guard control(control_);
  {
    const std::lock_guard lock(mutex_);
    if (progress_ && progress_->is_running) {
      return Error{ErrorCode::kConflict, "dead letters are being retried already; stop that first", {}, {}};
    }
  }
  task_.reset();  // joins the thread of the run before
  Progress begun{.is_running = true, .error = {}, .started_at = now()};
  {
    const std::lock_guard lock(mutex_);
    progress_ = begun;
  }
  task_.emplace();
  task_->start([this, request](const std::stop_token& stop) { run(request, stop); });
  return begun;
}

void BulkRetry::stop() {
  const std::lock_guard control(control_);
  if (task_) task_->stop();
}

std::optional<BulkRetry::Progress> BulkRetry::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void BulkRetry::run(const Request& request, const std::stop_token& stop) {
  JobQuery query = request.query;
  query.state = State::kDead;
  query.before = 0;
  query.limit = kPage;
  const auto interval = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(1 / request.per_second));
  while (run_page(query, interval, stop)) {
  }
  const std::lock_guard lock(mutex_);
  progress_->is_running = false;
  log_.info("retrying dead letters has ended",
            {{"retried", progress_->retried}, {"gone", progress_->gone}, {"error", progress_->error}});
}

// Pages go to smaller ids, so that jobs which fail again during the run are not retried again.
bool BulkRetry::run_page(JobQuery& query, std::chrono::steady_clock::duration interval,
                         const std::stop_token& stop) {
  const auto page = queue_.list(query);
  if (!page) {
    const std::lock_guard lock(mutex_);
    progress_->error = page.error().message;
    return false;
  }
  for (const Job& job : *page) {
    if (stop.stop_requested()) return false;
    const auto retried = queue_.retry(job.id);
    const bool is_gone = !retried && (retried.error().code == ErrorCode::kConflict ||
                                      retried.error().code == ErrorCode::kNotFound);
    {
      const std::lock_guard lock(mutex_);
      if (retried) ++progress_->retried;
      if (is_gone) ++progress_->gone;
      if (!retried && !is_gone) progress_->error = retried.error().message;
    }
    if (!retried && !is_gone) return false;
    if (!wait_unless_stopped(stop, interval)) return false;
    query.before = job.id.value;
  }
  return page->size() == query.limit;
}

}  // namespace fit::jobs
