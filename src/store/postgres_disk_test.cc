// The real server on a full disk: what was acknowledged is there, reads go on, and with room again the same
// store writes, also after the server broke down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/catalogue.h"
#include "store/test_full_disk.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using testing::FullDisk;
using ::testing::HasSubstr;
using testing::make_item;
using testing::PostgresCluster;

class PostgresDiskTest : public ::testing::TestWithParam<FullDisk::Kind> {
 protected:
  PostgresDiskTest() : disk_(GetParam(), "48m") {}

  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    if (!disk_.is_usable()) GTEST_SKIP() << "needs the right to mount a small file system";
  }

  void open(const std::string& url) {
    auto catalogue = open_catalogue(url);
    ASSERT_TRUE(catalogue) << catalogue.error().describe();
    catalogue_ = *std::move(catalogue);
  }

  // An item of 13 KB.
  static domain::ItemWrite big_item(std::int64_t number) {
    domain::ItemWrite item = make_item(number);
    for (int i = 0; i < 200; ++i) item.listing.description += testing::make_sha256(number * 1000 + i);
    return item;
  }

  Result<void> write() {
    const domain::ItemWrite item = big_item(++last_);
    FIT_CHECK(catalogue_->items().upsert(std::span(&item, 1)));
    acknowledged_.push_back(item.listing);
    return {};
  }

  // Writes until one is refused.
  std::optional<Error> write_until_refused() {
    for (int i = 0; i < 3000; ++i) {
      if (const auto written = write(); !written) return written.error();
    }
    return std::nullopt;
  }

  void expect_acknowledged() {
    std::vector<domain::ItemKey> keys;
    for (const domain::Listing& listing : acknowledged_)
      keys.push_back({listing.source, listing.external_id});
    const auto found = catalogue_->items().find(keys);
    ASSERT_TRUE(found) << found.error().describe();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      ASSERT_TRUE((*found)[i].has_value()) << "lost " << keys[i].external_id;
    }
    const auto items = catalogue_->items().list(ItemId{}, 10);
    ASSERT_TRUE(items) << items.error().describe();
    EXPECT_EQ(items->front().listing.description, acknowledged_.front().description);
  }

  void writes_again() {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (auto written = write(); !written; written = write()) {
      ASSERT_EQ(written.error().code, ErrorCode::kUnavailable) << written.error().describe();
      ASSERT_LT(std::chrono::steady_clock::now(), give_up) << written.error().describe();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  FullDisk disk_;
  std::unique_ptr<Catalogue> catalogue_;
  std::int64_t last_ = 0;
  std::vector<domain::Listing> acknowledged_;
};

TEST_P(PostgresDiskTest, RefusesWritesWhereTheTablesHaveNoRoom) {
  PostgresCluster cluster({.durable = true, .environment = disk_.environment()});
  testing::sql(cluster.url(), "CREATE TABLESPACE small LOCATION '" + disk_.folder().string() + "'");
  testing::sql(cluster.url(), "CREATE DATABASE fit TABLESPACE small");
  open(cluster.url("fit"));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(write());
  for (int round = 0; round < 2; ++round) {
    disk_.fill();
    const auto refused = write_until_refused();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, ErrorCode::kStorageFull) << refused->describe();
    EXPECT_EQ(refused->message, "the disk of the database is full");
    EXPECT_THAT(refused->detail, HasSubstr("No space left on device"));
    EXPECT_EQ(catalogue_->items().counts()->items, std::ssize(acknowledged_))
        << "what was refused left something";
    expect_acknowledged();
    disk_.make_room();
    const auto written = write();
    ASSERT_TRUE(written) << written.error().describe();
    expect_acknowledged();
  }
}

// Where the log itself cannot grow, PostgreSQL breaks down ("PANIC"), tells its clients nothing and comes
// back by itself or by its keeper.
TEST_P(PostgresDiskTest, ContinuesAfterTheServerBrokeDown) {
  PostgresCluster cluster(
      {.durable = true,
       .settings = {"wal_writer_delay=10s"},  // so that it is our write that meets the full disk
       .log = disk_.folder() / "log",
       .environment = disk_.environment()});
  open(cluster.url());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(write());
  disk_.fill();
  const auto refused = write_until_refused();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, ErrorCode::kUnavailable) << refused->describe();
  EXPECT_THAT(refused->message, HasSubstr("the connection to the database"));

  disk_.make_room();
  if (cluster.has_ended()) cluster.start();
  writes_again();
  expect_acknowledged();
}

INSTANTIATE_TEST_SUITE_P(All, PostgresDiskTest,
                         ::testing::Values(FullDisk::Kind::kMounted, FullDisk::Kind::kPreloaded),
                         [](const auto& instance) {
                           return instance.param == FullDisk::Kind::kMounted ? "Mounted" : "Preloaded";
                         });

}  // namespace
}  // namespace fit::store
