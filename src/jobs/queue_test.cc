// Pausing, cancelling, listing and pruning.
#include "jobs/queue.h"

#include <gmock/gmock.h>

#include "jobs/test_database.h"

namespace fit::jobs {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class QueueAdminTest : public testing::QueueTest {
 protected:
  std::vector<JobId> list(const JobQuery& query) {
    std::vector<JobId> ids;
    const auto jobs = queue_->list(query);
    EXPECT_TRUE(jobs) << jobs.error().describe();
    for (const Job& job : *jobs) ids.push_back(job.id);
    return ids;
  }
};

TEST_P(QueueAdminTest, APausedQueueGivesNoJobsUntilItIsResumed) {
  const JobId id = add();
  ASSERT_TRUE(queue_->pause("test", std::nullopt, "a repair"));
  time_ += minutes(100);
  EXPECT_THAT(claim_ids(1), IsEmpty());
  const auto queues = queue_->queues().value();
  ASSERT_EQ(queues.size(), 1U);
  EXPECT_TRUE(queues.front().is_paused);
  EXPECT_EQ(queues.front().paused_until, std::nullopt);
  EXPECT_EQ(queues.front().pause_reason, "a repair");
  EXPECT_EQ(queues.front().waiting, 1);
  ASSERT_TRUE(queue_->resume("test"));
  EXPECT_THAT(claim_ids(1), ElementsAre(id));
  EXPECT_EQ(queue_->pause("A queue", std::nullopt, "").error().field, "name");
}

TEST_P(QueueAdminTest, APauseMayEndByItself) {
  const JobId id = add();
  ASSERT_TRUE(queue_->pause("test", time_ + minutes(5), ""));
  EXPECT_THAT(claim_ids(1), IsEmpty());
  time_ += minutes(5);
  EXPECT_FALSE(queue_->queues().value().front().is_paused);
  EXPECT_THAT(claim_ids(1), ElementsAre(id));
}

TEST_P(QueueAdminTest, AWaitingJobIsCancelledAtOnce) {
  const JobId id = add();
  EXPECT_EQ(queue_->cancel(id).value().state, State::kCancelled);
  EXPECT_EQ(find(id).finished_at, time_);
  EXPECT_THAT(claim_ids(1), IsEmpty());
  EXPECT_EQ(queue_->cancel(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(queue_->cancel({999}).error().code, ErrorCode::kNotFound);
}

TEST_P(QueueAdminTest, TheWorkerOfARunningJobLearnsOfItsCancelling) {
  const JobId id = add();
  const auto mine = claim(1);
  EXPECT_EQ(queue_->cancel(id).value().state, State::kRunning);
  EXPECT_THAT(queue_->cancel_requests(std::vector{id}).value(), ElementsAre(id));
  EXPECT_THAT(queue_->renew(mine).value().cancelled, ElementsAre(id));
  finish(mine.front(), {.kind = Outcome::Kind::kCancelled});
  EXPECT_EQ(find(id).state, State::kCancelled);
}

TEST_P(QueueAdminTest, ACancelledJobThatFailsOrLosesItsWorkerIsNotTriedAgain) {
  const JobId failing = add();
  const Job mine = claim(1).front();
  ASSERT_TRUE(queue_->cancel(failing));
  finish(mine, failure(ErrorClass::kTransient));
  EXPECT_EQ(find(failing).state, State::kCancelled);
  const JobId lost = add();
  claim(1);
  ASSERT_TRUE(queue_->cancel(lost));
  time_ += minutes(1);
  EXPECT_THAT(claim_ids(1), IsEmpty());
  EXPECT_EQ(find(lost).state, State::kCancelled);
}

TEST_P(QueueAdminTest, JobsAreListedByWhatTheyAre) {
  const JobId bad = add({.submitter = "a"});
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  time_ += minutes(1);
  const JobId broken = add({.submitter = "b", .max_attempts = 1});
  finish(claim(1).front(), failure(ErrorClass::kTransient));
  const JobId other = add({.kind = "other", .submitter = "a"});
  EXPECT_THAT(list({}), ElementsAre(other, broken, bad));
  EXPECT_THAT(list({.kind = "test"}), ElementsAre(broken, bad));
  EXPECT_THAT(list({.state = State::kDead}), ElementsAre(broken, bad));
  EXPECT_THAT(list({.error_class = ErrorClass::kBadInput}), ElementsAre(bad));
  EXPECT_THAT(list({.submitter = "a"}), ElementsAre(other, bad));
  EXPECT_THAT(list({.state = State::kDead, .finished_from = time_}), ElementsAre(broken));
  EXPECT_THAT(list({.finished_until = time_}), ElementsAre(bad));
  EXPECT_THAT(list({.limit = 1}), ElementsAre(other));
  EXPECT_THAT(list({.before = other.value, .limit = 1}), ElementsAre(broken));
  EXPECT_EQ(queue_->find({999}).error().code, ErrorCode::kNotFound);
}

TEST_P(QueueAdminTest, QueuesAreCounted) {
  add();
  time_ += seconds(5);
  add();
  add({.run_at = time_ + minutes(5)});
  add({.kind = "other"});
  claim(1, "one", "other");
  const auto queues = queue_->queues().value();
  ASSERT_EQ(queues.size(), 2U);
  EXPECT_EQ(queues[0].name, "other");
  EXPECT_EQ(queues[0].running, 1);
  EXPECT_EQ(queues[0].oldest_waiting, std::nullopt);
  EXPECT_EQ(queues[1].waiting, 2);
  EXPECT_EQ(queues[1].delayed, 1);
  EXPECT_EQ(queues[1].oldest_waiting, time_ - seconds(5));
}

TEST_P(QueueAdminTest, FinishedJobsArePrunedInSteps) {
  const JobId dead = add();
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  for (int i = 0; i < 3; ++i) {
    add();
    finish(claim(1).front());
  }
  time_ += minutes(1);
  const JobId waiting = add();
  EXPECT_EQ(queue_->prune(time_ - minutes(1), 10).value(), 0);
  EXPECT_EQ(queue_->prune(time_, 2).value(), 2);
  EXPECT_EQ(queue_->prune(time_, 2).value(), 1);
  EXPECT_THAT(list({}), ElementsAre(waiting, dead));
  ASSERT_TRUE(queue_->discard(dead));
  time_ += seconds(1);
  EXPECT_EQ(queue_->prune(time_, 2).value(), 1);
  EXPECT_THAT(queue_->attempts(dead).value(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Backends, QueueAdminTest, ::testing::ValuesIn(testing::backends()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace fit::jobs
