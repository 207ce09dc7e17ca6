// Reads on standbys of the real server: near enough, with this process's own writes, or on the primary.
#include <gtest/gtest.h>

#include <thread>

#include "store/catalogue.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using testing::make_item;
using testing::PostgresCluster;

constexpr std::chrono::seconds kReplicaTimeLimit{60};

class PostgresReplicaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    primary_ = std::make_unique<PostgresCluster>();
    standby_ = std::make_unique<PostgresCluster>(*primary_, testing::PostgresClusterOptions{});
  }

  std::unique_ptr<Catalogue> open(std::chrono::milliseconds max_lag) const {
    auto catalogue = open_catalogue(primary_->url(), {.read_urls = {standby_->url()}, .max_lag = max_lag});
    EXPECT_TRUE(catalogue) << catalogue.error().describe();
    return catalogue ? *std::move(catalogue) : nullptr;
  }

  static void add(Catalogue& catalogue, std::int64_t number) {
    const domain::ItemWrite item = make_item(number);
    const auto outcome = catalogue.items().upsert(std::span(&item, 1));
    EXPECT_TRUE(outcome) << outcome.error().describe();
  }

  static std::int64_t items(Catalogue& catalogue) {
    const auto counts = catalogue.items().counts();
    EXPECT_TRUE(counts) << counts.error().describe();
    return counts ? counts->items : -1;
  }

  // Reads until the standby answers, or does not.
  static bool comes_to(Catalogue& catalogue, bool is_used) {
    const auto give_up = std::chrono::steady_clock::now() + kReplicaTimeLimit;
    while (std::chrono::steady_clock::now() < give_up) {
      if (!catalogue.items().counts()) return false;
      if (catalogue.pool_stats().replicas.at(0).is_used == is_used) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  std::unique_ptr<PostgresCluster> primary_;
  std::unique_ptr<PostgresCluster> standby_;
};

TEST_F(PostgresReplicaTest, ReadsItsOwnWrites) {
  const auto catalogue = open(std::chrono::seconds(60));
  for (int i = 0; i < 100; ++i) {
    add(*catalogue, i);
    ASSERT_EQ(items(*catalogue), i + 1);
  }
  EXPECT_TRUE(comes_to(*catalogue, true));
  testing::sql(standby_->url(), "SELECT pg_wal_replay_pause()::text");
  add(*catalogue, 100);
  EXPECT_EQ(items(*catalogue), 101) << "the standby lacks it, the primary answers";
  EXPECT_FALSE(catalogue->pool_stats().replicas.at(0).is_used);
  testing::sql(standby_->url(), "SELECT pg_wal_replay_resume()::text");
  EXPECT_TRUE(comes_to(*catalogue, true));
  EXPECT_EQ(items(*catalogue), 101);
}

TEST_F(PostgresReplicaTest, SkipsAStandbyThatStopsReplaying) {
  const auto catalogue = open(std::chrono::milliseconds(300));
  const auto writer = *open_catalogue(primary_->url());
  add(*writer, 1);
  EXPECT_TRUE(comes_to(*catalogue, true));
  testing::sql(standby_->url(), "SELECT pg_wal_replay_pause()::text");
  add(*writer, 2);
  EXPECT_TRUE(comes_to(*catalogue, false));
  EXPECT_EQ(items(*catalogue), 2);
  EXPECT_GT(catalogue->pool_stats().replicas.at(0).lag_bytes, 0);
  testing::sql(standby_->url(), "SELECT pg_wal_replay_resume()::text");
  EXPECT_TRUE(comes_to(*catalogue, true));
  EXPECT_EQ(items(*catalogue), 2);
}

TEST_F(PostgresReplicaTest, ContinuesWithoutAStandbyThatIsDown) {
  const auto catalogue = open(std::chrono::seconds(10));
  add(*catalogue, 1);
  EXPECT_TRUE(comes_to(*catalogue, true));
  standby_->stop();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(items(*catalogue), 1);
  add(*catalogue, 2);
  EXPECT_EQ(items(*catalogue), 2);
  const auto other = open(std::chrono::seconds(10));
  EXPECT_EQ(items(*other), 2) << "also one that starts meanwhile";
  standby_->start();
  EXPECT_TRUE(comes_to(*catalogue, true));
  EXPECT_EQ(items(*catalogue), 2);
}

TEST_F(PostgresReplicaTest, ServesReadsWhileThePrimaryIsDown) {
  const auto catalogue = open(std::chrono::seconds(10));
  add(*catalogue, 1);
  EXPECT_TRUE(comes_to(*catalogue, true));
  primary_->stop();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(items(*catalogue), 1);
  const domain::ItemWrite item = make_item(2);
  EXPECT_EQ(catalogue->items().upsert(std::span(&item, 1)).error().code, ErrorCode::kUnavailable);
  primary_->start();
}

TEST_F(PostgresReplicaTest, SkipsAnotherCatalogue) {
  const PostgresCluster stranger;
  {
    ASSERT_TRUE(open_catalogue(stranger.url()));
  }
  const auto catalogue = *open_catalogue(primary_->url(), {.read_urls = {stranger.url()}});
  add(*catalogue, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(items(*catalogue), 1);
  EXPECT_FALSE(catalogue->pool_stats().replicas.at(0).is_used);
  const auto wrong = open_catalogue(primary_->url(), {.read_urls = {"postgresql://nobody@/x?nonsense=1"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "DATABASE_READ_URL");
}

}  // namespace
}  // namespace fit::store
