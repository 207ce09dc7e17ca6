#include "http/federation.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <optional>
#include <utility>

#include "base/stopwatch.h"
#include "base/trace.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxQueued = 256;  // tasks; each asks any number of tenants

Error too_late(bool has_begun) {
  return {ErrorCode::kDeadlineExceeded,
          has_begun ? "did not answer in time" : "could not be asked in time, because others took too long",
          {},
          {}};
}

Error still_busy() {
  return {ErrorCode::kUnavailable, "is still busy with an earlier search; try again later", {}, {}};
}

// Whether an error is one of the request, which every tenant would return.
bool is_of_request(const Error& error) {
  return error.code == ErrorCode::kMalformed || error.code == ErrorCode::kUnsupportedMedia;
}

}  // namespace

// One search. Its tasks share it, so that it lives until the last one has returned.
struct Federation::Round {
  enum class State : std::uint8_t { kWaiting, kRunning, kDone, kLate };

  std::vector<Principal> callers;
  Ask ask;
  std::stop_source stop;
  fit::Work work_for = {};  // of the request, without its texts, which may end before the tasks do

  std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<State> states;
  std::vector<std::optional<Result<search::TenantPage>>> answers;
  std::size_t left = 0;  // tenants that have not answered
  std::size_t next = 0;  // the first tenant that nobody has begun to ask
  bool is_over = false;  // nobody waits any more
  std::optional<Error> error;

  // The next tenant to ask; nullopt when none is left.
  std::optional<std::size_t> take() {
    const std::lock_guard lock(mutex);
    while (next < states.size() && states[next] != State::kWaiting) ++next;
    if (is_over || error || next == states.size()) return std::nullopt;
    states[next] = State::kRunning;
    return next++;
  }

  // Called with the lock held.
  void set(std::size_t index, Result<search::TenantPage> answer) {
    if (!answer && is_of_request(answer.error()) && !error) error = answer.error();
    answers[index] = std::move(answer);
    states[index] = State::kDone;
    --left;
    changed.notify_all();
  }
};

Federation::Federation(SnapshotSource snapshot_of, const Options& options, Log log)
    : snapshot_of_(std::move(snapshot_of)),
      options_(options),
      log_(std::move(log)),
      pool_(options.threads, kMaxQueued) {}

Federation::~Federation() {
  stop_.request_stop();
}

bool Federation::is_late(const std::string& tenant) {
  const std::lock_guard lock(mutex_);
  return late_.contains(tenant);
}

void Federation::add_late(const std::string& tenant, int change) {
  const std::lock_guard lock(mutex_);
  if ((late_[tenant] += change) == 0) late_.erase(tenant);
}

Result<search::TenantPage> Federation::ask_one(const Round& round, const Principal& caller) const {
  const Stopwatch watch;
  try {
    const std::stop_token stop = round.stop.get_token();
    if (stop.stop_requested() || stop_.stop_requested()) return cancelled();
    Span span("search a tenant");
    span.set("fit.tenant", caller.tenant);
    FIT_TRY(const TenantSnapshot tenant, snapshot_of_(caller));
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(search::TenantPage page, round.ask(caller, tenant, stop));
    page.took_ms = watch.milliseconds();
    return page;
  } catch (const std::exception& error) {
    return internal("the search failed", error.what());
  }
}

void Federation::work(const std::shared_ptr<Round>& round) {
  const WorkScope scope(round->work_for);
  while (const auto index = round->take()) {
    auto answer = ask_one(*round, round->callers[*index]);
    const std::lock_guard lock(round->mutex);
    if (round->states[*index] == Round::State::kLate) {
      add_late(round->callers[*index].tenant, -1);
    } else {
      round->set(*index, std::move(answer));
    }
  }
}

Result<std::vector<TenantAnswer>> Federation::ask(std::vector<Principal> callers, Ask ask,
                                                  const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + options_.time_limit;
  const auto round = std::make_shared<Round>();
  round->callers = std::move(callers);
  round->ask = std::move(ask);
  round->work_for = current_work();
  round->work_for.request_id = {};
  const std::size_t count = round->callers.size();
  round->states.resize(count);
  round->answers.resize(count);
  round->left = count;
  {
    const std::lock_guard lock(round->mutex);
    for (std::size_t i = 0; i < count; ++i) {
      if (is_late(round->callers[i].tenant)) round->set(i, still_busy());
    }
  }
  const std::size_t wanted = std::min(options_.threads, round->left);
  std::size_t tasks = 0;
  while (tasks < wanted && pool_.try_submit([this, round] { work(round); })) ++tasks;
  if (tasks == 0 && wanted > 0) {
    return Error{
        ErrorCode::kTooManyRequests, "too many searches of several tenants wait; try again later", {}, {}};
  }

  std::unique_lock lock(round->mutex);
  round->changed.wait_until(lock, stop, deadline, [&] { return round->left == 0 || round->error; });
  round->is_over = true;
  round->stop.request_stop();
  std::vector<TenantAnswer> answers;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& tenant = round->callers[i].tenant;
    if (!round->answers[i]) {
      const bool has_begun = round->states[i] == Round::State::kRunning;
      if (has_begun) add_late(tenant, 1);
      round->states[i] = Round::State::kLate;
      round->answers[i] = too_late(has_begun);
    }
    answers.push_back({.tenant = tenant, .page = *std::move(round->answers[i])});
  }
  const auto error = round->error;
  lock.unlock();
  if (error) return *error;
  if (stop.stop_requested()) return cancelled();
  log_failures(answers);
  return answers;
}

void Federation::log_failures(const std::vector<TenantAnswer>& answers) const {
  for (const TenantAnswer& one : answers) {
    if (one.page || one.page.error().code == ErrorCode::kInvalid) continue;
    log_.warning("a tenant did not answer a search of several",
                 {{"tenant", one.tenant}, {"reason", one.page.error().describe()}});
  }
}

}  // namespace fit::http
