#include "ingest/sources/host_leases.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

#include "base/temp_dir.h"
#include "ingest/sources/throttle.h"
#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using store::testing::Engine;

// Two processes that share a database, and a clock that moves by hand.
class HostLeasesContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    auto opened = store::open_catalogue(GetParam().url(folder_), store::testing::kPatient);
    ASSERT_TRUE(opened) << opened.error().describe();
    store_ = *std::move(opened);
    one_ = process();
    two_ = process();
  }

  std::unique_ptr<HostLeases> process(bool is_alone = false) {
    return std::make_unique<HostLeases>(
        store_->database(),
        HostLeases::Options{.lease = seconds(45), .is_alone = is_alone, .clock = [this] { return time_; }});
  }
  static HostLeases::Answer take(HostLeases& process, milliseconds min_delay = milliseconds(0),
                                 const std::string& host = "shop") {
    const auto answer = process.take(host, min_delay);
    EXPECT_TRUE(answer) << answer.error().describe();
    return answer.value_or(HostLeases::Answer());
  }

  Timestamp time_ = Timestamp(seconds(1'800'000'000));
  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
  std::unique_ptr<HostLeases> one_;
  std::unique_ptr<HostLeases> two_;
};

INSTANTIATE_TEST_SUITE_P(Engines, HostLeasesContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(HostLeasesContract, OneProcessAtATimeAsksAHost) {
  EXPECT_TRUE(take(*one_).is_taken);
  const auto refused = take(*two_);
  EXPECT_FALSE(refused.is_taken);
  EXPECT_GT(refused.wait, milliseconds(0));
  EXPECT_TRUE(take(*two_, {}, "another").is_taken);
  EXPECT_TRUE(take(*one_).is_taken) << "the throttle of the process spaces its own requests";
  ASSERT_TRUE(one_->give_back("shop", {}, {}));
  EXPECT_TRUE(take(*two_).is_taken);
  EXPECT_FALSE(take(*one_).is_taken);
  ASSERT_TRUE(one_->give_back("shop", {}, {}));
  EXPECT_FALSE(take(*one_).is_taken) << "a process gives back what is its own";
}

TEST_P(HostLeasesContract, DelaysAndPausesHoldOverProcesses) {
  ASSERT_TRUE(take(*one_).is_taken);
  ASSERT_TRUE(one_->give_back("shop", seconds(2), {}));
  EXPECT_EQ(take(*two_).wait, seconds(2));
  EXPECT_EQ(take(*two_, seconds(7)).wait, seconds(7)) << "Crawl-delay";
  EXPECT_EQ(take(*two_).pause, seconds(0));
  time_ += seconds(2);
  ASSERT_TRUE(take(*two_).is_taken);
  ASSERT_TRUE(two_->give_back("shop", seconds(2), std::chrono::hours(1)));
  const auto paused = take(*one_);
  EXPECT_FALSE(paused.is_taken);
  EXPECT_EQ(paused.wait, std::chrono::hours(1));
  EXPECT_EQ(paused.pause, std::chrono::hours(1));
  time_ += std::chrono::hours(1);
  EXPECT_TRUE(take(*one_).is_taken);
}

TEST_P(HostLeasesContract, AKilledProcessKeepsAHostForALease) {
  ASSERT_TRUE(take(*one_).is_taken);
  time_ += seconds(44);
  EXPECT_FALSE(take(*two_).is_taken);
  time_ += seconds(1);
  EXPECT_TRUE(take(*two_).is_taken);
}

TEST_P(HostLeasesContract, ALongRequestKeepsItsHost) {
  ASSERT_TRUE(take(*one_).is_taken);
  time_ += seconds(40);
  auto renewed = std::chrono::steady_clock::now();
  ASSERT_TRUE(one_->keep("shop", renewed)) << "it is too early";
  auto long_ago = renewed - std::chrono::hours(1);
  ASSERT_TRUE(one_->keep("shop", long_ago));
  EXPECT_GE(long_ago, renewed);
  time_ += seconds(40);
  EXPECT_FALSE(take(*two_).is_taken);
}

TEST_P(HostLeasesContract, AServerThatIsAloneTakesOverAtOnce) {
  ASSERT_TRUE(take(*one_).is_taken);
  time_ += seconds(1);
  const auto restarted = process(/*is_alone=*/true);
  EXPECT_TRUE(take(*restarted).is_taken);
  ASSERT_TRUE(take(*two_, {}, "another").is_taken);
  time_ += seconds(1);
  EXPECT_FALSE(take(*restarted, {}, "another").is_taken) << "a command beside it";
}

TEST_P(HostLeasesContract, AClockThatGoesBackKeepsNobodyWaiting) {
  ASSERT_TRUE(take(*one_).is_taken);
  ASSERT_TRUE(one_->give_back("shop", std::chrono::minutes(1), {}));
  time_ -= std::chrono::hours(24);
  EXPECT_TRUE(take(*two_).is_taken);
  time_ -= std::chrono::hours(24);
  EXPECT_TRUE(take(*one_).is_taken);
}

TEST_P(HostLeasesContract, AHostThatIsTakenMeanwhileIsNotTakenOver) {
  if (GetParam().name == "sqlite") GTEST_SKIP() << "writes of SQLite wait for each other";
  ASSERT_TRUE(take(*one_).is_taken);
  ASSERT_TRUE(one_->give_back("shop", {}, {}));
  bool is_meanwhile = true;
  HostLeases slow(store_->database(), {.lease = seconds(45), .is_alone = false, .clock = [&] {
                                         const Timestamp before = time_;
                                         time_ += milliseconds(1);
                                         if (std::exchange(is_meanwhile, false)) {
                                           EXPECT_TRUE(take(*two_).is_taken);
                                         }
                                         return before;
                                       }});
  EXPECT_FALSE(take(slow).is_taken);
  EXPECT_FALSE(take(slow).is_taken);
}

TEST_P(HostLeasesContract, ThrottlesOfTwoProcessesTakeTurns) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  const auto ask = [&] {
    HostLeases leases(store_->database());
    HostThrottle throttle({.min_delay = milliseconds(0), .wait = [](const std::stop_token&, milliseconds) {
                             std::this_thread::yield();
                             return true;
                           }});
    for (int round = 0; round < 10; ++round) {
      const auto turn = throttle.take("shop", {.leases = &leases});
      ASSERT_TRUE(turn) << turn.error().describe();
      most = std::max(most.load(), ++running);
      --running;
      turn->finish({.status = 200});
    }
  };
  std::vector<std::jthread> processes;
  for (int i = 0; i < 3; ++i) processes.emplace_back(ask);
  processes.clear();
  EXPECT_EQ(most, 1);
}

TEST_P(HostLeasesContract, APauseThatAnotherProcessHasNotedEndsTheWait) {
  ASSERT_TRUE(take(*one_).is_taken);
  ASSERT_TRUE(one_->give_back("shop", {}, std::chrono::hours(1)));
  HostThrottle throttle({.min_delay = milliseconds(0)});
  const auto refused = throttle.take("shop", {.leases = two_.get()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_GT(throttle.pause_left("shop"), std::chrono::minutes(59));
}

}  // namespace
}  // namespace fit::ingest
