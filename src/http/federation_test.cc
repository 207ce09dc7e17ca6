#include "http/federation.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <thread>

#include "catalog/test_support.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLongTime{60'000};

// The services of a tenant that answers without them.
class FederationTest : public ::testing::Test {
 protected:
  TenantSnapshot no_services() {
    return {.owner = nullptr,
            .engine = reinterpret_cast<search::SearchEngine&>(engine_),
            .catalog = *bench_.catalog,
            .embedder = bench_.embedder};
  }
  SnapshotSource source() {
    return [this](const Principal& caller) -> Result<TenantSnapshot> {
      const int open = ++open_;
      int most = most_open_;
      while (open > most && !most_open_.compare_exchange_weak(most, open)) {
      }
      if (caller.tenant == "broken") {
        --open_;
        return Error{ErrorCode::kUnavailable, "cannot be opened", {}, "a path"};
      }
      TenantSnapshot snapshot = no_services();
      snapshot.owner = std::shared_ptr<const void>(this, [this](const void*) { --open_; });
      return snapshot;
    };
  }
  static std::vector<Principal> callers(std::initializer_list<const char*> tenants) {
    std::vector<Principal> callers;
    for (const char* const tenant : tenants) {
      callers.push_back(Principal::local());
      callers.back().tenant = tenant;
    }
    return callers;
  }
  static Result<search::TenantPage> echo(const Principal& caller, const TenantSnapshot&,
                                         const std::stop_token&) {
    return search::TenantPage{.tenant = caller.tenant, .results = {}, .position = {}};
  }

  catalog::testing::Bench bench_;
  // A placeholder for the search engine, which is not called.
  alignas(search::SearchEngine) std::array<std::byte, sizeof(search::SearchEngine)> engine_{};
  std::atomic<int> open_ = 0;
  std::atomic<int> most_open_ = 0;
};

TEST_F(FederationTest, AnswersComeInTheOrderOfTheTenants) {
  Federation federation(source(), {.threads = 2, .time_limit = kLongTime}, Log::silent());
  const auto answers = federation.ask(callers({"a", "b", "c", "d", "e"}), echo, {});
  ASSERT_TRUE(answers);
  std::string names;
  for (const TenantAnswer& one : *answers) {
    ASSERT_TRUE(one.page) << one.page.error().describe();
    EXPECT_EQ(one.tenant, one.page->tenant);
    names += one.tenant;
  }
  EXPECT_EQ(names, "abcde");
  EXPECT_LE(most_open_, 2) << "each thread holds one tenant at a time";
  EXPECT_TRUE(federation.ask({}, echo, {})->empty());
}

TEST_F(FederationTest, OneThatFailsIsNamedAndTheOthersAnswer) {
  Federation federation(source(), {.threads = 2, .time_limit = kLongTime}, Log::silent());
  const auto throwing = [](const Principal& caller, const TenantSnapshot& tenant,
                           const std::stop_token& stop) {
    if (caller.tenant == "c") throw std::runtime_error("a library failed");
    return echo(caller, tenant, stop);
  };
  const auto answers = federation.ask(callers({"a", "broken", "c"}), throwing, {});
  ASSERT_TRUE(answers);
  EXPECT_TRUE((*answers)[0].page);
  EXPECT_EQ((*answers)[1].page.error().message, "cannot be opened");
  EXPECT_EQ((*answers)[2].page.error().code, ErrorCode::kInternal);
  EXPECT_EQ((*answers)[2].page.error().message, "the search failed") << "what the library said is private";
}

TEST_F(FederationTest, ABrokenRequestEndsAtOnce) {
  Federation federation(source(), {.threads = 1, .time_limit = kLongTime}, Log::silent());
  const auto broken = [](const Principal&, const TenantSnapshot&,
                         const std::stop_token&) -> Result<search::TenantPage> {
    return malformed("image_base64", "is no image");
  };
  const auto answers = federation.ask(callers({"a", "b"}), broken, {});
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().field, "image_base64");
}

TEST_F(FederationTest, ASlowTenantHoldsUpNeitherTheOthersNorLaterSearches) {
  std::latch release(1);
  std::atomic<bool> was_stopped = false;
  const auto slow = [&](const Principal& caller, const TenantSnapshot& tenant, const std::stop_token& stop) {
    if (caller.tenant == "slow") {
      release.wait();
      was_stopped = stop.stop_requested();
    }
    return echo(caller, tenant, stop);
  };
  Federation federation(source(), {.threads = 2, .time_limit = milliseconds(2000)}, Log::silent());
  const auto answers = federation.ask(callers({"a", "b", "slow"}), slow, {});
  ASSERT_TRUE(answers);
  EXPECT_TRUE((*answers)[0].page);
  EXPECT_TRUE((*answers)[1].page);
  ASSERT_FALSE((*answers)[2].page);
  EXPECT_EQ((*answers)[2].page.error().code, ErrorCode::kDeadlineExceeded);
  // The thread is still in the slow tenant, which is not asked again.
  const auto again = federation.ask(callers({"a", "slow"}), slow, {});
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)[0].page);
  EXPECT_EQ((*again)[1].page.error().code, ErrorCode::kUnavailable);
  release.count_down();
  const auto deadline = std::chrono::steady_clock::now() + kLongTime;
  for (bool answers_again = false; !answers_again;) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    answers_again = (*federation.ask(callers({"slow"}), echo, {}))[0].page.has_value();
  }
  EXPECT_TRUE(was_stopped);
  EXPECT_EQ(open_, 0) << "nothing stays leased";
}

TEST_F(FederationTest, AStopEndsTheWait) {
  std::latch release(1);
  std::latch begun(1);
  const auto slow = [&](const Principal& caller, const TenantSnapshot& tenant, const std::stop_token& stop) {
    begun.count_down();
    release.wait();
    return echo(caller, tenant, stop);
  };
  Federation federation(source(), {.threads = 1, .time_limit = kLongTime}, Log::silent());
  std::stop_source stop;
  std::thread stopper([&] {
    begun.wait();
    stop.request_stop();
  });
  const auto answers = federation.ask(callers({"a"}), slow, stop.get_token());
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, ErrorCode::kCancelled);
  stopper.join();
  release.count_down();
}

}  // namespace
}  // namespace fit::http
