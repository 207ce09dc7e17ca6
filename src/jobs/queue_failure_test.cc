// What a failed attempt leads to: another one, a pause of the queue, or a dead letter.
#include <gmock/gmock.h>

#include "jobs/test_database.h"

namespace fit::jobs {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;

class QueueFailureTest : public testing::QueueTest {
 protected:
  QueueState queue_state(const std::string& name = "test") {
    const auto queues = queue_->queues();
    EXPECT_TRUE(queues) << queues.error().describe();
    for (const QueueState& queue : *queues) {
      if (queue.name == name) return queue;
    }
    return {};
  }
};

TEST_P(QueueFailureTest, AJobIsTriedAgainAfterAGrowingDelayAndDiesAtLast) {
  const JobId id = add({.max_attempts = 3});
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const auto jobs = claim(1);
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs.front().attempt, attempt);
    finish(jobs.front(), failure(ErrorClass::kTransient));
    if (attempt == 3) break;
    const Job delayed = find(id);
    EXPECT_EQ(delayed.state, State::kDelayed);
    EXPECT_GE(delayed.run_at, time_);
    EXPECT_LE(delayed.run_at, time_ + seconds(1) * (1 << (attempt - 1)));
    time_ += seconds(4);
  }
  const Job dead = find(id);
  EXPECT_EQ(dead.state, State::kDead);
  EXPECT_EQ(dead.finished_at, time_);
  ASSERT_TRUE(dead.error);
  EXPECT_EQ(dead.error->message, "it broke");
  EXPECT_EQ(dead.error->detail, "a detail");
  const auto attempts = queue_->attempts(id).value();
  ASSERT_EQ(attempts.size(), 3U);
  EXPECT_EQ(attempts[1].attempt, 2);
  EXPECT_EQ(attempts[1].error.code, "internal");
  EXPECT_EQ(queue_state().dead, 1);
}

TEST_P(QueueFailureTest, BadInputIsDeadAtOnceAndKeepsNobodyWaiting) {
  const JobId bad = add();
  const JobId good = add();
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  EXPECT_EQ(find(bad).state, State::kDead);
  EXPECT_EQ(find(bad).attempt, 1);
  EXPECT_EQ(claim(1).front().id, good);
}

TEST_P(QueueFailureTest, ADependencyThatIsDownPausesTheQueueAndUsesNoAttempts) {
  const JobId id = add({.max_attempts = 1});
  const JobId other = add({.max_attempts = 1});
  finish(claim(1).front(), failure(ErrorClass::kDependency));
  EXPECT_EQ(find(id).state, State::kDelayed);
  EXPECT_EQ(find(id).attempt, 0);
  EXPECT_TRUE(queue_state().is_paused);
  EXPECT_EQ(queue_state().paused_until, time_ + seconds(1));
  EXPECT_EQ(queue_state().pause_reason, "it broke");
  EXPECT_THAT(claim(2), IsEmpty());

  // Each failed probe doubles the pause.
  for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    time_ += seconds(pause);
    const auto probe = claim(2);
    ASSERT_EQ(probe.size(), 1U) << "one probe at a time, after " << pause << " s";
    EXPECT_THAT(claim(2, "another worker"), IsEmpty());
    EXPECT_EQ(probe.front().attempt, 1);
    finish(probe.front(), failure(ErrorClass::kDependency));
  }
  EXPECT_EQ(queue_state().breaker_failures, 9);
  time_ += minutes(40);
  const auto probe = claim(2);
  ASSERT_EQ(probe.size(), 1U);
  finish(probe.front());
  EXPECT_EQ(queue_state().breaker_failures, 0);
  ASSERT_EQ(claim(2).size(), 1U);
  EXPECT_EQ(find(id).error->error_class, ErrorClass::kDependency);
  EXPECT_GE(find(other).attempt, 1);
}

TEST_P(QueueFailureTest, AClockThatJumpsBackDoesNotLengthenThePause) {
  add();
  const JobId other = add();
  finish(claim(1).front(), failure(ErrorClass::kDependency));
  EXPECT_THAT(claim(2), IsEmpty());
  time_ -= std::chrono::hours(5);
  const auto probe = claim(2);
  ASSERT_EQ(probe.size(), 1U);
  EXPECT_EQ(probe.front().id, other);
  EXPECT_THAT(claim(2, "another worker"), IsEmpty()) << "one probe at a time";
  finish(probe.front());
  EXPECT_EQ(queue_state().breaker_failures, 0);
}

TEST_P(QueueFailureTest, JobsInProgressDoNotLengthenThePause) {
  for (int i = 0; i < 4; ++i) add();
  for (const Job& job : claim(4)) finish(job, failure(ErrorClass::kDependency));
  EXPECT_EQ(queue_state().breaker_failures, 1);
  EXPECT_EQ(queue_state().paused_until, time_ + seconds(1));
}

TEST_P(QueueFailureTest, AProbeThatIsBadInputMakesRoomForAnother) {
  for (int i = 0; i < 3; ++i) add();
  finish(claim(1).front(), failure(ErrorClass::kDependency));
  time_ += seconds(1);
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  const auto probe = claim(1);
  ASSERT_EQ(probe.size(), 1U);
  finish(probe.front());
  EXPECT_EQ(queue_state().breaker_failures, 0);
}

TEST_P(QueueFailureTest, AProbeWhoseWorkerIsLostIsFollowedByAnother) {
  add();
  add();
  finish(claim(1).front(), failure(ErrorClass::kDependency));
  time_ += minutes(1);
  ASSERT_EQ(claim(1).size(), 1U);
  EXPECT_THAT(claim(1), IsEmpty());
  time_ += seconds(31);
  EXPECT_EQ(claim(2).size(), 1U);
}

TEST_P(QueueFailureTest, ARetriedJobKeepsItsSettingsAndItsOrigin) {
  const JobId id = add({.payload = R"({"asset": 7})",
                        .priority = 5,
                        .submitter = "key:3",
                        .unique_key = "asset:7",
                        .max_attempts = 2});
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  time_ += minutes(1);
  const AddedJob again = queue_->retry(id).value();
  EXPECT_TRUE(again.is_new);
  const Job job = find(again.id);
  EXPECT_EQ(job.state, State::kWaiting);
  EXPECT_EQ(job.kind, "test");
  EXPECT_EQ(job.payload, R"({"asset": 7})");
  EXPECT_EQ(job.priority, 5);
  EXPECT_EQ(job.submitter, "key:3");
  EXPECT_EQ(job.unique_key, "asset:7");
  EXPECT_EQ(job.max_attempts, 2);
  EXPECT_EQ(job.attempt, 0);
  EXPECT_EQ(job.retried_from, id);
  EXPECT_EQ(find(id).state, State::kRetried);
  EXPECT_EQ(find(id).retried_as, again.id);
  EXPECT_EQ(queue_->retry(id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(claim(1).front().id, again.id);
}

TEST_P(QueueFailureTest, ADeadLetterOfAJobThatWaitsAgainLeadsToThatJob) {
  const JobId id = add({.unique_key = "asset:7"});
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  const JobId waiting = add({.unique_key = "asset:7"});
  const AddedJob again = queue_->retry(id).value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.id, waiting);
}

TEST_P(QueueFailureTest, OnlyDeadLettersAreRetriedOrDiscarded) {
  const JobId waiting = add();
  EXPECT_EQ(queue_->retry(waiting).error().code, ErrorCode::kConflict);
  EXPECT_EQ(queue_->discard(waiting).error().code, ErrorCode::kConflict);
  EXPECT_EQ(queue_->retry({999}).error().code, ErrorCode::kNotFound);
  finish(claim(1).front(), failure(ErrorClass::kBadInput));
  EXPECT_TRUE(queue_->discard(waiting));
  EXPECT_EQ(find(waiting).state, State::kDiscarded);
  EXPECT_EQ(queue_state().dead, 0);
}

TEST_P(QueueFailureTest, TextsOfErrorsAreCutAndStorable) {
  const JobId id = add();
  Outcome outcome = failure(ErrorClass::kBadInput);
  outcome.error.message = std::string("nul \0 and \xff", 11);
  outcome.error.detail = std::string(100'000, 'x');
  finish(claim(1).front(), outcome);
  EXPECT_EQ(find(id).error->message, "nul ? and ?");
  EXPECT_EQ(find(id).error->detail.size(), 2000U);
}

INSTANTIATE_TEST_SUITE_P(Backends, QueueFailureTest, ::testing::ValuesIn(testing::backends()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace fit::jobs
