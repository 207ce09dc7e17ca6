#include "jobs/workers.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/test_spans.h"
#include "jobs/queue_upkeep.h"
#include "jobs/test_database.h"

namespace fit::jobs {
namespace {

using testing::eventually;

class WorkersTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!testing::is_available(GetParam()))
      GTEST_SKIP() << "there is no " << GetParam() << " on this machine";
    database_ = testing::open_database(GetParam(), folder_);
    if (GetParam() == "redis") {
      dispatch_ = std::make_unique<testing::TestDispatch>(
          testing::TestDispatch::Options{.look_period = std::chrono::milliseconds(20)});
    }
    queue_ =
        std::make_unique<Queue>(*database_, QueueOptions{.backoff = std::chrono::milliseconds(1),
                                                         .dispatch = dispatch_ ? dispatch_->get() : nullptr});
  }

  std::unique_ptr<Workers> start(std::vector<Handler> handlers, std::size_t threads = 2) {
    auto workers = std::make_unique<Workers>(
        Workers::Parts{
            .queue = *queue_, .handlers = std::move(handlers), .log = Log::silent(), .metrics = metrics_},
        Workers::Options{.threads = threads, .poll = std::chrono::milliseconds(20)});
    workers->start();
    return workers;
  }

  JobId add(NewJob job = {.kind = "test"}) { return queue_->add(job).value().id; }
  State state(JobId id) { return queue_->find(id).value().state; }
  bool ends_as(JobId id, State wanted) {
    return eventually([&] { return state(id) == wanted; });
  }

  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<testing::TestDispatch> dispatch_;  // null without Redis
  std::unique_ptr<Queue> queue_;
};

Result<void> succeed(const Job&, const std::stop_token&) {
  return {};
}

// Runs until it is stopped.
Result<void> run_for_long(const Job&, const std::stop_token& stop) {
  while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  return cancelled();
}

TEST_P(WorkersTest, AJobContinuesTheTraceThatAddedIt) {
  KeptSpans spans;
  const Tracer tracer(spans, 1);
  RootSpan request = tracer.begin("request", SpanKind::kServer, "");
  JobId traced{};
  {
    const WorkScope scope(request.work());
    traced = add();
  }
  EXPECT_EQ(queue_->find(traced).value().traceparent, request.work().trace.traceparent());
  std::atomic<bool> is_recorded = false;
  const auto handler = [&](const Job&, const std::stop_token&) -> Result<void> {
    is_recorded = current_work().is_recorded();
    return {};
  };
  Workers workers(Workers::Parts{.queue = *queue_,
                                 .handlers = {{.kind = "test", .run = handler}},
                                 .log = Log::silent(),
                                 .metrics = metrics_,
                                 .tracer = tracer},
                  Workers::Options{.poll = std::chrono::milliseconds(20)});
  workers.start();
  EXPECT_TRUE(ends_as(traced, State::kDone));
  workers.stop();
  EXPECT_TRUE(is_recorded);
  // The others are of the statements that added the job.
  const auto job = std::ranges::find(spans.records, "job test", &SpanRecord::name);
  ASSERT_NE(job, spans.records.end());
  EXPECT_EQ(job->context.trace_id(), request.work().trace.trace_id());
  EXPECT_EQ(job->parent, request.work().trace.span);
}

TEST_P(WorkersTest, DoEachJobOnce) {
  constexpr std::int64_t kJobs = 500;
  std::mutex mutex;
  std::multiset<JobId> done;
  const auto handler = [&](const Job& job, const std::stop_token&) -> Result<void> {
    const std::lock_guard lock(mutex);
    done.insert(job.id);
    return {};
  };
  const auto one = start({{.kind = "test", .run = handler}}, 3);
  const auto two = start({{.kind = "test", .run = handler}}, 3);
  ASSERT_TRUE(queue_->add(std::vector<NewJob>(kJobs, {.kind = "test"})));
  ASSERT_TRUE(eventually(
      [&] { return queue_->list({.state = State::kDone, .limit = kJobs}).value().size() == kJobs; }));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(done.size(), kJobs);
  EXPECT_EQ(std::set(done.begin(), done.end()).size(), kJobs);
  EXPECT_NE(metrics_.expose().find("jobs_processed_total{queue=\"test\",status=\"done\"} 500"),
            std::string::npos);
}

TEST_P(WorkersTest, TryAgainAfterErrorsAndExceptions) {
  std::atomic<int> calls = 0;
  const auto workers =
      start({{.kind = "test", .run = [&](const Job&, const std::stop_token&) -> Result<void> {
                if (++calls == 1) return internal("it broke", "");
                if (calls == 2) throw std::runtime_error("thrown");
                return {};
              }}});
  const JobId id = add();
  ASSERT_TRUE(ends_as(id, State::kDone));
  const auto attempts = queue_->attempts(id).value();
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(attempts[0].error.message, "it broke");
  EXPECT_EQ(attempts[1].error.detail, "thrown");
  EXPECT_EQ(attempts[1].worker, workers->name());
}

TEST_P(WorkersTest, ClassifyErrorsAsTheHandlerSays) {
  const auto workers = start({{.kind = "test",
                               .run = [](const Job&, const std::stop_token&) -> Result<void> {
                                 return Error{ErrorCode::kUnavailable, "that server is down", {}, {}};
                               },
                               .classify = [](const Error&) { return ErrorClass::kBadInput; }}});
  const JobId id = add();
  ASSERT_TRUE(ends_as(id, State::kDead));
}

TEST_P(WorkersTest, HeedTheLimitOfAKind) {
  std::atomic<int> active = 0;
  std::atomic<int> most = 0;
  const auto workers = start({{.kind = "test",
                               .run = [&](const Job&, const std::stop_token&) -> Result<void> {
                                 const int now_active = ++active;
                                 most = std::max(most.load(), now_active);
                                 std::this_thread::yield();
                                 --active;
                                 return {};
                               },
                               .concurrency = 1},
                              {.kind = "other", .run = &succeed}},
                             4);
  std::vector<NewJob> jobs(40, {.kind = "test"});
  jobs.push_back({.kind = "other"});
  ASSERT_TRUE(queue_->add(jobs));
  ASSERT_TRUE(
      eventually([&] { return queue_->list({.state = State::kDone, .limit = 100}).value().size() == 41; }));
  EXPECT_EQ(most, 1);
}

TEST_P(WorkersTest, StopACancelledJob) {
  const auto workers = start({{.kind = "test", .run = &run_for_long}});
  const JobId id = add();
  ASSERT_TRUE(ends_as(id, State::kRunning));
  ASSERT_TRUE(queue_->cancel(id));
  EXPECT_TRUE(ends_as(id, State::kCancelled));
}

TEST_P(WorkersTest, GiveBackWhatTheyHaveWhenTheyStop) {
  std::atomic<int> begun = 0;
  auto workers = start({{.kind = "test", .run = [&](const Job& job, const std::stop_token& stop) {
                           ++begun;
                           return run_for_long(job, stop);
                         }}});
  ASSERT_TRUE(queue_->add(std::vector<NewJob>(4, {.kind = "test"})));
  ASSERT_TRUE(eventually([&] { return begun == 2; }));
  EXPECT_EQ(workers->active(), 2U);
  workers.reset();
  const auto waiting = queue_->list({.state = State::kWaiting}).value();
  ASSERT_EQ(waiting.size(), 4U);
  for (const Job& job : waiting) EXPECT_EQ(job.attempt, 0);
  const auto others = start({{.kind = "test", .run = &succeed}});
  EXPECT_TRUE(eventually([&] { return queue_->list({.state = State::kDone}).value().size() == 4; }));
}

TEST_P(WorkersTest, CountQueuesAndRemoveOldJobs) {
  const JobId id = add({.kind = "other"});
  {
    const auto workers = start({{.kind = "test", .run = &succeed}});
    ASSERT_TRUE(ends_as(add(), State::kDone));
  }
  ASSERT_TRUE(database_->write(sql::Ordering::kUnordered, [](sql::SqlConnection& connection) {
    return connection.execute("UPDATE jobs SET finished_at = 1 WHERE state = 'done'", {});
  }));
  QueueUpkeep upkeep({.queue = *queue_, .log = Log::silent(), .metrics = metrics_},
                     {.period = std::chrono::milliseconds(20)});
  upkeep.start();
  EXPECT_TRUE(eventually([&] { return queue_->list({}).value().size() == 1; }));
  EXPECT_TRUE(eventually([&] { return metrics_.expose().contains("queue_depth{queue=\"other\"} 1"); }));
  ASSERT_EQ(upkeep.queues().size(), 1U);
  EXPECT_EQ(upkeep.queues().front().waiting, 1);
  ASSERT_TRUE(queue_->cancel(id));
  EXPECT_TRUE(eventually([&] { return metrics_.expose().contains("queue_depth{queue=\"other\"} 0"); }));
}

INSTANTIATE_TEST_SUITE_P(Backends, WorkersTest, ::testing::ValuesIn(testing::backends()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace fit::jobs
