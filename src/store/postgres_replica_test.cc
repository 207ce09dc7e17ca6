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

constexpr std::chrono::seconds kLimit{60};

class PostgresReplicaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    primary_ = std::make_unique<PostgresCluster>();
    standby_ = std::make_unique<PostgresCluster>(*primary_, testing::PostgresClusterOptions{});
  }

  std::unique_ptr<Catalogue> open(std::chrono::milliseconds max_lag) const {
    auto store = open_catalogue(primary_->url(), {.read_urls = {standby_->url()}, .max_lag = max_lag});
    EXPECT_TRUE(store) << store.error().describe();
    return store ? *std::move(store) : nullptr;
  }

  static void add(Catalogue& store, std::int64_t number) {
    const domain::ItemWrite item = make_item(number);
    const auto outcome = store.items().upsert(std::span(&item, 1));
    EXPECT_TRUE(outcome) << outcome.error().describe();
  }

  static std::int64_t items(Catalogue& store) {
    const auto counts = store.items().counts();
    EXPECT_TRUE(counts) << counts.error().describe();
    return counts ? counts->items : -1;
  }

  // Reads until the standby answers, or does not.
  static bool comes_to(Catalogue& store, bool is_used) {
    const auto give_up = std::chrono::steady_clock::now() + kLimit;
    while (std::chrono::steady_clock::now() < give_up) {
      if (!store.items().counts()) return false;
      if (store.pool_stats().replicas.at(0).is_used == is_used) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  std::unique_ptr<PostgresCluster> primary_;
  std::unique_ptr<PostgresCluster> standby_;
};

TEST_F(PostgresReplicaTest, ReadsItsOwnWrites) {
  const auto store = open(std::chrono::seconds(60));
  for (int i = 0; i < 100; ++i) {
    add(*store, i);
    ASSERT_EQ(items(*store), i + 1);
  }
  EXPECT_TRUE(comes_to(*store, true));
  testing::sql(standby_->url(), "SELECT pg_wal_replay_pause()::text");
  add(*store, 100);
  EXPECT_EQ(items(*store), 101) << "the standby lacks it, the primary answers";
  EXPECT_FALSE(store->pool_stats().replicas.at(0).is_used);
  testing::sql(standby_->url(), "SELECT pg_wal_replay_resume()::text");
  EXPECT_TRUE(comes_to(*store, true));
  EXPECT_EQ(items(*store), 101);
}

TEST_F(PostgresReplicaTest, PassesOverAStandbyThatStopsReplaying) {
  const auto store = open(std::chrono::milliseconds(300));
  const auto writer = *open_catalogue(primary_->url());
  add(*writer, 1);
  EXPECT_TRUE(comes_to(*store, true));
  testing::sql(standby_->url(), "SELECT pg_wal_replay_pause()::text");
  add(*writer, 2);
  EXPECT_TRUE(comes_to(*store, false));
  EXPECT_EQ(items(*store), 2);
  EXPECT_GT(store->pool_stats().replicas.at(0).lag_bytes, 0);
  testing::sql(standby_->url(), "SELECT pg_wal_replay_resume()::text");
  EXPECT_TRUE(comes_to(*store, true));
  EXPECT_EQ(items(*store), 2);
}

TEST_F(PostgresReplicaTest, GoesOnWithoutAStandbyThatIsDown) {
  const auto store = open(std::chrono::seconds(10));
  add(*store, 1);
  EXPECT_TRUE(comes_to(*store, true));
  standby_->stop();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(items(*store), 1);
  add(*store, 2);
  EXPECT_EQ(items(*store), 2);
  const auto other = open(std::chrono::seconds(10));
  EXPECT_EQ(items(*other), 2) << "also one that starts meanwhile";
  standby_->start();
  EXPECT_TRUE(comes_to(*store, true));
  EXPECT_EQ(items(*store), 2);
}

TEST_F(PostgresReplicaTest, AnswersReadsWhileThePrimaryIsDown) {
  const auto store = open(std::chrono::seconds(10));
  add(*store, 1);
  EXPECT_TRUE(comes_to(*store, true));
  primary_->stop();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(items(*store), 1);
  const domain::ItemWrite item = make_item(2);
  EXPECT_EQ(store->items().upsert(std::span(&item, 1)).error().code, ErrorCode::kUnavailable);
  primary_->start();
}

TEST_F(PostgresReplicaTest, PassesOverAnotherCatalogue) {
  const PostgresCluster stranger;
  {
    ASSERT_TRUE(open_catalogue(stranger.url()));
  }
  const auto store = *open_catalogue(primary_->url(), {.read_urls = {stranger.url()}});
  add(*store, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(items(*store), 1);
  EXPECT_FALSE(store->pool_stats().replicas.at(0).is_used);
  const auto wrong = open_catalogue(primary_->url(), {.read_urls = {"postgresql://nobody@/x?nonsense=1"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "DATABASE_READ_URL");
}

}  // namespace
}  // namespace fit::store
