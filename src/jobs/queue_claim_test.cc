// Which job is claimed next, and by whom.
#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "jobs/test_database.h"

namespace fit::jobs {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class QueueClaimTest : public testing::QueueTest {};

TEST_P(QueueClaimTest, JobsComeInTheOrderOfTheirAdding) {
  std::vector<JobId> added;
  for (int i = 0; i < 5; ++i) {
    added.push_back(add({.submitter = std::to_string(i)}));
    time_ += seconds(1);
  }
  const auto first = claim(2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].id, added[0]);
  EXPECT_EQ(first[0].state, State::kRunning);
  EXPECT_EQ(first[0].attempt, 1);
  EXPECT_EQ(first[0].worker, "one");
  EXPECT_EQ(first[1].id, added[1]);
  EXPECT_THAT(claim_ids(10), ElementsAre(added[2], added[3], added[4]));
  EXPECT_THAT(claim_ids(10), IsEmpty());
  EXPECT_EQ(find(added[0]).state, State::kRunning);
}

TEST_P(QueueClaimTest, AHigherPriorityGoesFirstUntilTheOtherHasWaitedLonger) {
  const JobId old = add();
  const JobId urgent = add({.priority = 10, .submitter = "a"});
  time_ += minutes(5);
  const JobId late = add({.priority = 3, .submitter = "b"});
  EXPECT_THAT(claim_ids(3), ElementsAre(urgent, old, late));
}

TEST_P(QueueClaimTest, ABulkOfOneSubmitterDoesNotKeepAnotherWaiting) {
  std::vector<NewJob> bulk(100, {.kind = "test", .submitter = "bulk"});
  ASSERT_TRUE(queue_->add(bulk));
  time_ += seconds(2);
  const JobId first = add({.submitter = "person"});
  const JobId second = add({.submitter = "person"});
  EXPECT_EQ(claim(1).front().submitter, "bulk");
  EXPECT_THAT(claim_ids(1), ElementsAre(first));
  EXPECT_EQ(claim(1).front().submitter, "bulk");
  EXPECT_THAT(claim_ids(1), ElementsAre(second));
}

TEST_P(QueueClaimTest, SubmittersOfBulksTakeTurns) {
  for (const char* submitter : {"a", "b"}) {
    ASSERT_TRUE(queue_->add(std::vector<NewJob>(10, {.kind = "test", .submitter = submitter})));
    time_ += seconds(1);
  }
  int of_a = 0;
  for (const Job& job : claim(10)) of_a += job.submitter == "a" ? 1 : 0;
  EXPECT_EQ(of_a, 5);
}

TEST_P(QueueClaimTest, ADelayedJobWaitsForItsTime) {
  const JobId id = add({.run_at = time_ + minutes(10)});
  EXPECT_EQ(find(id).state, State::kDelayed);
  EXPECT_FALSE(queue_->has_work().value());
  EXPECT_THAT(claim_ids(1), IsEmpty());
  time_ += minutes(10);
  EXPECT_TRUE(queue_->has_work().value());
  EXPECT_THAT(claim_ids(1), ElementsAre(id));
}

TEST_P(QueueClaimTest, AUniqueJobIsAddedOnceUntilItHasEnded) {
  const NewJob job{.kind = "test", .unique_key = "asset:1"};
  const AddedJob first = queue_->add(job).value();
  EXPECT_TRUE(first.is_new);
  const AddedJob again = queue_->add(job).value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.id, first.id);
  EXPECT_TRUE(queue_->add({.kind = "other", .unique_key = "asset:1"}).value().is_new);
  const auto claimed = claim(2);
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_EQ(queue_->add(job).value().id, first.id);
  finish(claimed.front());
  EXPECT_TRUE(queue_->add(job).value().is_new);
}

TEST_P(QueueClaimTest, AKindIsClaimedByWhoHandlesIt) {
  add({.kind = "other"});
  EXPECT_THAT(claim_ids(1), IsEmpty());
  EXPECT_EQ(claim(1, "one", "other").size(), 1U);
}

TEST_P(QueueClaimTest, BadJobsAreRefusedAndChangeNothing) {
  const auto field_of = [&](const NewJob& job) {
    const std::vector<NewJob> jobs = {{.kind = "test"}, job};
    const auto refused = queue_->add(jobs);
    return refused ? std::string("accepted") : refused.error().field;
  };
  EXPECT_EQ(field_of({.kind = "A"}), "kind");
  EXPECT_EQ(field_of({.kind = "test", .priority = 101}), "priority");
  EXPECT_EQ(field_of({.kind = "test", .submitter = std::string(201, 'x')}), "submitter");
  EXPECT_EQ(field_of({.kind = "test", .submitter = "\xff"}), "submitter");
  EXPECT_EQ(field_of({.kind = "test", .unique_key = std::string("a\0b", 3)}), "unique_key");
  EXPECT_EQ(field_of({.kind = "test", .max_attempts = 0}), "max_attempts");
  EXPECT_EQ(field_of({.kind = "test", .payload = std::string(kMaxPayloadBytes + 1, ' ')}), "payload");
  EXPECT_THAT(queue_->list({}).value(), IsEmpty());
}

TEST_P(QueueClaimTest, AJobIsAddedWithTheTransactionAroundIt) {
  const auto failed =
      database_->write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
        FIT_CHECK(add_job(connection, {.kind = "test"}, time_));
        return internal("the rest failed", "");
      });
  EXPECT_FALSE(failed);
  EXPECT_THAT(queue_->list({}).value(), IsEmpty());
}

TEST_P(QueueClaimTest, WorkersNeverShareAJob) {
  constexpr std::size_t kJobs = 200;
  ASSERT_TRUE(queue_->add(std::vector<NewJob>(kJobs, {.kind = "test"})));
  std::vector<std::vector<Job>> taken(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    threads.emplace_back([&, i] {
      for (auto jobs = claim(7, std::to_string(i)); !jobs.empty(); jobs = claim(7, std::to_string(i))) {
        for (Job& job : jobs) taken[i].push_back(std::move(job));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<JobId> ids;
  std::size_t count = 0;
  for (const auto& jobs : taken) {
    count += jobs.size();
    for (const Job& job : jobs) ids.insert(job.id);
  }
  // A worker may find all waiting jobs locked by others and end early.
  for (const Job& job : claim(kJobs)) {
    ids.insert(job.id);
    ++count;
  }
  EXPECT_EQ(count, kJobs);
  EXPECT_EQ(ids.size(), kJobs);
}

TEST_P(QueueClaimTest, ALostWorkersJobIsTakenAgainAndItsLateFinishRefused) {
  const JobId id = add();
  const Job first = claim(1, "first").front();
  time_ += seconds(29);
  EXPECT_THAT(claim(1, "second"), IsEmpty());
  time_ += seconds(2);
  EXPECT_TRUE(queue_->has_work().value());
  const auto taken = claim(1, "second");
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken.front().id, id);
  EXPECT_EQ(taken.front().attempt, 2);
  EXPECT_NE(taken.front().lease, first.lease);

  const auto late = queue_->finish(first, {});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  const auto failed_late = queue_->finish(first, failure(ErrorClass::kBadInput));
  ASSERT_FALSE(failed_late);
  EXPECT_EQ(find(id).state, State::kRunning);
  EXPECT_EQ(find(id).worker, "second");

  finish(taken.front());
  EXPECT_EQ(find(id).state, State::kDone);
  const auto attempts = queue_->attempts(id).value();
  ASSERT_EQ(attempts.size(), 1U);
  EXPECT_EQ(attempts.front().error.error_class, ErrorClass::kLost);
  EXPECT_EQ(attempts.front().worker, "first");
}

TEST_P(QueueClaimTest, ARenewedLeaseHolds) {
  const JobId id = add();
  const std::vector<Job> mine = claim(1, "first");
  for (int i = 0; i < 5; ++i) {
    time_ += seconds(20);
    const auto renewed = queue_->renew(mine).value();
    EXPECT_THAT(renewed.lost, IsEmpty());
    EXPECT_THAT(claim(1, "second"), IsEmpty());
  }
  time_ += seconds(31);
  ASSERT_EQ(claim(1, "second").size(), 1U);
  EXPECT_THAT(queue_->renew(mine).value().lost, ElementsAre(id));
}

TEST_P(QueueClaimTest, AClockThatJumpsDoesNotTakeAWorkersJobsFromItself) {
  const JobId id = add();
  const Job mine = claim(1, "first").front();
  time_ += std::chrono::hours(5);
  EXPECT_THAT(
      queue_->claim({.worker = "first", .kinds = {{.kind = "test", .limit = 1}}, .limit = 1, .held = {id}})
          .value(),
      IsEmpty());
  finish(mine);
}

TEST_P(QueueClaimTest, AClockThatJumpsBackDoesNotKeepTheJobOfALostWorker) {
  const JobId id = add();
  claim(1, "first");
  time_ -= std::chrono::hours(5);
  EXPECT_THAT(claim_ids(1), ElementsAre(id));
}

TEST_P(QueueClaimTest, AJobThatLosesEachWorkerDies) {
  const JobId id = add({.max_attempts = 2});
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(claim(1).size(), 1U);
    time_ += minutes(1);
  }
  EXPECT_THAT(claim(1), IsEmpty());
  const Job dead = find(id);
  EXPECT_EQ(dead.state, State::kDead);
  ASSERT_TRUE(dead.error);
  EXPECT_EQ(dead.error->error_class, ErrorClass::kLost);
  EXPECT_EQ(queue_->attempts(id).value().size(), 2U);
}

TEST_P(QueueClaimTest, LeasesOfTheLastRunEndWhereThisProcessIsAlone) {
  const JobId id = add();
  claim(1, "last run");
  EXPECT_EQ(queue_->end_leases().value(), 1);
  EXPECT_THAT(claim_ids(1), ElementsAre(id));
}

TEST_P(QueueClaimTest, AJobThatIsGivenBackHasUsedNoAttempt) {
  const JobId id = add({.max_attempts = 1});
  finish(claim(1).front(), {.kind = Outcome::Kind::kReleased});
  EXPECT_EQ(find(id).attempt, 0);
  const auto again = claim(1);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again.front().attempt, 1);
}

INSTANTIATE_TEST_SUITE_P(Backends, QueueClaimTest, ::testing::ValuesIn(testing::backends()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace fit::jobs
