#include "jobs/workers.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <utility>

#include "base/format.h"
#include "base/stopwatch.h"
#include "jobs/job_rows.h"

namespace fit::jobs {
namespace {

constexpr double kSecondsAhead = 0.05;   // for how long quick jobs are claimed ahead
constexpr std::size_t kMostAhead = 512;  // jobs that are claimed ahead
constexpr double kNewWeight = 0.1;       // of the latest job in the mean time of a kind
constexpr std::chrono::seconds kRetryPeriod{1};
constexpr std::chrono::seconds kCancelPeriod{1};  // between two looks for jobs to cancel

std::string worker_name() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fit::format("{}:{}:{:x}", host.data(), getpid(), random_number());
}

JobError job_error(const Error& error, ErrorClass error_class) {
  return {.error_class = error_class,
          .code = std::string(to_string(error.code)),
          .message = error.message,
          .field = error.field,
          .detail = error.detail};
}

Result<void> call(const Handler& handler, const Job& job, const std::stop_token& stop) {
  try {
    return handler.run(job, stop);
  } catch (const std::exception& thrown) {
    return internal("the job failed for a reason that is in the log", thrown.what());
  } catch (...) {
    return internal("the job failed for a reason that is in the log", "an exception of an unknown type");
  }
}

}  // namespace

Workers::Workers(Parts parts, const Options& options)
    : queue_(parts.queue),
      log_(std::move(parts.log)),
      tracer_(parts.tracer),
      options_({.threads = std::max<std::size_t>(options.threads, 1),
                .poll = options.poll,
                .owns_queue = options.owns_queue}),
      name_(worker_name()),
      active_gauge_(parts.metrics.gauge("active_workers", "Jobs that this process works on now")) {
  for (Handler& handler : parts.handlers) {
    const auto counter = [&](const char* status) {
      return &parts.metrics.counter("jobs_processed_total",
                                    "Attempts at jobs that have ended, by their outcome",
                                    {{"queue", handler.kind}, {"status", status}});
    };
    Kind kind;
    kind.done = counter("done");
    kind.failed = counter("failed");
    kind.cancelled = counter("cancelled");
    kind.released = counter("released");
    kind.seconds = &parts.metrics.latency("job_processing_duration_seconds", "Time of an attempt at a job",
                                          {{"queue", handler.kind}});
    const std::string name = handler.kind;
    kind.handler = std::move(handler);
    kinds_.emplace(name, std::move(kind));
  }
}

void Workers::start() {
  registration_ = queue_.on_announce([this] { wake(); });
  task_.start([this](const std::stop_token& stop) { dispatch(stop); });
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

void Workers::request_stop() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_ending_, true)) return;
  for (const auto& held : ready_) {
    finished_.push_back({.id = held->job.id,
                         .kind = held->job.kind,
                         .lease = held->job.lease,
                         .attempt = held->job.attempt,
                         .max_attempts = held->job.max_attempts,
                         .outcome = {.kind = Outcome::Kind::kReleased}});
    held_.erase(held->job.id.value);
  }
  ready_.clear();
  for (const auto& [id, held] : held_) held->stop.request_stop();
  ready_changed_.notify_all();
  task_.wake();
}

void Workers::stop() {
  request_stop();
  queue_.forget(std::exchange(registration_, 0));
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  task_.stop();
  // A failure is logged; the jobs' leases end by themselves then.
  exchange(false);
}

void Workers::wake() {
  task_.wake();
}

std::size_t Workers::active() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

void Workers::dispatch(const std::stop_token& stop) {
  if (options_.owns_queue) {
    if (const auto ended = queue_.end_leases(); !ended) {
      log_.warning("jobs of the last run wait for the end of their leases",
                   {{"reason", ended.error().describe()}});
    }
  }
  next_renewal_ = Clock::now() + queue_.options().lease / 3;
  next_cancel_look_ = Clock::now() + kCancelPeriod;
  while (!stop.stop_requested()) {
    const bool is_done = exchange(true);
    if (Clock::now() >= next_renewal_) renew();
    if (Clock::now() >= next_cancel_look_) look_for_cancels();
    if (is_more_expected_) {
      // The next claim takes place when a thread is free, which wakes this one, or at once.
      const std::lock_guard lock(mutex_);
      if (active_ + ready_.size() < options_.threads) continue;
    }
    if (!task_.wait_for(is_done ? Clock::duration(options_.poll) : Clock::duration(kRetryPeriod))) return;
  }
}

Claim Workers::next_claim(bool may_claim) {
  const std::lock_guard lock(mutex_);
  Claim claim{.worker = name_, .kinds = {}, .limit = 0};
  if (!may_claim || is_ending_ || kinds_.empty()) return claim;
  const std::size_t busy = active_ + ready_.size();
  const std::size_t free = options_.threads > busy ? options_.threads - busy : 0;
  const std::size_t surplus = busy > options_.threads ? busy - options_.threads : 0;
  for (const auto& [name, kind] : kinds_) {
    std::size_t ahead = 0;
    if (kind.mean_seconds >= 0) {
      const double jobs =
          static_cast<double>(options_.threads) * kSecondsAhead / std::max(kind.mean_seconds, 1e-6);
      ahead = std::min(kMostAhead, static_cast<std::size_t>(jobs));
    }
    std::size_t limit = free + (ahead > surplus ? ahead - surplus : 0);
    if (const std::size_t most = kind.handler.concurrency; most > 0) {
      limit = std::min(limit, most > kind.held ? most - kind.held : 0);
    }
    if (limit == 0) continue;
    claim.kinds.push_back({.kind = name, .limit = limit});
    claim.limit = std::max(claim.limit, limit);
  }
  if (claim.kinds.empty()) return claim;
  std::ranges::rotate(claim.kinds,
                      claim.kinds.begin() + static_cast<std::ptrdiff_t>(first_kind_++ % claim.kinds.size()));
  for (const auto& [id, held] : held_) claim.held.push_back({id});
  return claim;
}

bool Workers::exchange(bool may_claim) {
  Claim claim = next_claim(may_claim);
  std::vector<Finish> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  is_more_expected_ = false;
  auto exchanged = queue_.exchange(finished, claim);
  if (!exchanged) {
    if (!std::exchange(is_failing_, true)) {
      log_.error("the queue cannot be used; this is tried again", exchanged.error());
    }
    const std::lock_guard lock(mutex_);
    finished_.insert(finished_.begin(), std::make_move_iterator(finished.begin()),
                     std::make_move_iterator(finished.end()));
    return false;
  }
  if (std::exchange(is_failing_, false)) log_.info("the queue can be used again");
  log_dead(finished, exchanged->dead);
  is_more_expected_ = claim.limit > 0 && exchanged->claimed.size() >= claim.limit;
  take_in(*std::move(exchanged));
  return true;
}

// Input that no attempt can process is its sender's matter; the rest is the operator's.
void Workers::log_dead(const std::vector<Finish>& finished, const std::vector<JobId>& dead) const {
  for (const Finish& one : finished) {
    if (!std::ranges::contains(dead, one.id)) continue;
    const JobError& error = one.outcome.error;
    const std::string reason = error.detail.empty() ? error.message : error.message + ": " + error.detail;
    const LogFields fields = {{"job", one.id.value},    {"kind", one.kind},
                              {"attempt", one.attempt}, {"class", to_string(error.error_class)},
                              {"code", error.code},     {"reason", reason}};
    if (error.error_class == ErrorClass::kBadInput) {
      log_.warning("a job failed for good", fields);
    } else {
      log_.error("a job failed for good", fields);
    }
  }
}

void Workers::take_in(Queue::Exchanged exchanged) {
  for (const JobId id : exchanged.lost) {
    log_.warning("a job ended after its lease, and its outcome was dropped", {{"job", id.value}});
  }
  const std::lock_guard lock(mutex_);
  for (Job& job : exchanged.claimed) {
    auto held = std::make_shared<Held>();
    held->is_cancelled = job.is_cancel_requested;
    held->job = std::move(job);
    if (held->is_cancelled || is_ending_) held->stop.request_stop();
    ++kinds_.at(held->job.kind).held;
    held_[held->job.id.value] = held;
    ready_.push_back(std::move(held));
  }
  ready_changed_.notify_all();
}

void Workers::renew() {
  next_renewal_ = Clock::now() + queue_.options().lease / 3;
  std::vector<Job> jobs;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) jobs.push_back({.id = held->job.id, .lease = held->job.lease});
  }
  if (jobs.empty()) return;
  const auto renewed = queue_.renew(jobs);
  if (!renewed) {
    log_.warning("the leases of running jobs are not extended", {{"reason", renewed.error().describe()}});
    return;
  }
  stop_jobs(renewed->lost, &Held::is_lost);
  stop_jobs(renewed->cancelled, &Held::is_cancelled);
}

void Workers::look_for_cancels() {
  next_cancel_look_ = Clock::now() + kCancelPeriod;
  std::vector<JobId> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, held] : held_) ids.push_back({id});
  }
  if (ids.empty()) return;
  // A failure shows in the next exchange.
  if (const auto wanted = queue_.cancel_requests(ids)) stop_jobs(*wanted, &Held::is_cancelled);
}

// A job that has ended meanwhile and finishes just now is not found; its finish says that it was not lost.
void Workers::stop_jobs(const std::vector<JobId>& ids, bool Held::* reason) {
  const std::lock_guard lock(mutex_);
  for (const JobId id : ids) {
    const auto found = held_.find(id.value);
    if (found == held_.end()) continue;
    *found->second.*reason = true;
    found->second->stop.request_stop();
  }
}

void Workers::work() {
  for (;;) {
    std::shared_ptr<Held> held;
    {
      std::unique_lock lock(mutex_);
      ready_changed_.wait(lock, [this] { return is_ending_ || !ready_.empty(); });
      if (ready_.empty()) return;
      held = std::move(ready_.front());
      ready_.pop_front();
      active_gauge_.set(static_cast<double>(++active_));
    }
    run(held);
  }
}

void Workers::run(const std::shared_ptr<Held>& held) {
  Kind& kind = kinds_.at(held->job.kind);
  RootSpan span = tracer_.begin("job", SpanKind::kConsumer, held->job.traceparent);
  span.name(fit::format("job {}", held->job.kind));
  const WorkScope scope(span.work());
  const Stopwatch watch;
  const Result<void> done = held->stop.stop_requested()
                                ? Result<void>(cancelled())
                                : call(kind.handler, held->job, held->stop.get_token());
  const double seconds = watch.seconds();
  span.set("fit.job", held->job.id.value);
  span.set("fit.attempt", held->job.attempt);
  if (!done) span.fail(std::string(to_string(done.error().code)));
  span.end();
  const std::lock_guard lock(mutex_);
  Outcome outcome = outcome_of(*held, done, kind.handler);
  if (outcome.kind == Outcome::Kind::kFailed) {
    log_.warning("an attempt at a job failed", {{"job", held->job.id.value},
                                                {"kind", held->job.kind},
                                                {"attempt", held->job.attempt},
                                                {"class", to_string(outcome.error.error_class)},
                                                {"reason", done.error().describe()}});
  }
  end(*held, std::move(outcome), seconds);
}

// Called with the mutex locked.
Outcome Workers::outcome_of(const Held& held, const Result<void>& done, const Handler& handler) const {
  if (done) return {.kind = Outcome::Kind::kDone};
  if (held.is_cancelled) return {.kind = Outcome::Kind::kCancelled};
  if (is_ending_) return {.kind = Outcome::Kind::kReleased};
  return {.kind = Outcome::Kind::kFailed, .error = job_error(done.error(), handler.classify(done.error()))};
}

// Called with the mutex locked.
void Workers::end(const Held& held, Outcome outcome, double seconds) {
  Kind& kind = kinds_.at(held.job.kind);
  kind.mean_seconds = kind.mean_seconds < 0 ? seconds : std::lerp(kind.mean_seconds, seconds, kNewWeight);
  kind.seconds->observe(seconds);
  switch (outcome.kind) {
    case Outcome::Kind::kDone:
      kind.done->add();
      break;
    case Outcome::Kind::kFailed:
      kind.failed->add();
      break;
    case Outcome::Kind::kCancelled:
      kind.cancelled->add();
      break;
    case Outcome::Kind::kReleased:
      kind.released->add();
      break;
  }
  --kind.held;
  active_gauge_.set(static_cast<double>(--active_));
  if (!held.is_lost) {
    finished_.push_back({.id = held.job.id,
                         .kind = held.job.kind,
                         .lease = held.job.lease,
                         .attempt = held.job.attempt,
                         .max_attempts = held.job.max_attempts,
                         .outcome = std::move(outcome)});
  }
  held_.erase(held.job.id.value);
  task_.wake();
}

}  // namespace fit::jobs
