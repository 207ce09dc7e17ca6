#include "monitor/probes.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/temp_dir.h"
#include "search/test_catalogue.h"
#include "search/test_embedder.h"

namespace fit::monitor {
namespace {

using std::chrono::milliseconds;

class ProbesTest : public ::testing::Test {
 protected:
  ProbesTest() : state_(catalogue_.store(), catalogue_.searcher(), texts_.id, Log::silent(), metrics_) {}

  search::TestCatalogue catalogue_{store::testing::engines().front(), "words", 4};
  domain::SpaceRecord texts_ =
      catalogue_.store().spaces().ensure({"texts", "fake", "1", 4, domain::VectorsOf::kTexts}).value();
  Metrics metrics_;
  search::StateMetrics state_;
};

class FakeProvider final : public embed::TextEmbedder {
 public:
  const embed::Space& space() const override { return space_; }
  Result<std::vector<embed::Vector>> embed(std::span<const std::string>, embed::Priority) override {
    return Error{ErrorCode::kUnavailable, "the provider does not respond", {}, {}};
  }
  bool is_available() const override { return available; }
  milliseconds retry_in() const override { return milliseconds(1'500); }

  bool available = true;

 private:
  const embed::Space space_{.name = "texts", .model = "fake", .version = "1", .dimensions = 4};
};

TEST_F(ProbesTest, TheStoreShowsItsRowsAndConnections) {
  const auto item = store::testing::make_item(1);
  catalogue_.store().items().upsert(std::span(&item, 1)).value();
  const Json state = probe_store(catalogue_.store(), state_).value();
  EXPECT_EQ(state["items"], 1);
  EXPECT_EQ(state["images"], 1);
  EXPECT_TRUE(state["connections"].contains("busy"));
  EXPECT_FALSE(state.contains("replicas")) << "there are none";
}

TEST_F(ProbesTest, QueuesShowWhatWaitsAndWhy) {
  const Json state = probe_queues({{.name = "asset",
                                    .waiting = 3,
                                    .dead = 1,
                                    .oldest_waiting = now() - std::chrono::minutes(1),
                                    .is_paused = true,
                                    .pause_reason = "a repair"},
                                   {.name = "other"}},
                                  1, 2);
  EXPECT_EQ(state["workers"], 2);
  EXPECT_EQ(state["active_workers"], 1);
  ASSERT_EQ(state["queues"].size(), 2U);
  EXPECT_EQ(state["queues"][0]["waiting"], 3);
  EXPECT_EQ(state["queues"][0]["pause_reason"], "a repair");
  EXPECT_GE(state["queues"][0]["oldest_age_s"], 60);
  EXPECT_FALSE(state["queues"][1].contains("oldest_age_s"));
}

TEST_F(ProbesTest, TheIndexIsUnavailableUntilItIsComplete) {
  const auto building = probe_index(catalogue_.searcher(), state_);
  ASSERT_FALSE(building);
  EXPECT_EQ(building.error().code, ErrorCode::kUnavailable);
  catalogue_.catch_up();
  const Json state = probe_index(catalogue_.searcher(), state_).value();
  EXPECT_EQ(state["space"], "words");
  EXPECT_EQ(state["missing"], 0);
}

TEST_F(ProbesTest, AModelThatFailsIsReported) {
  search::TestEmbedder embedder("words", 4, false);
  EXPECT_EQ(probe_model(embedder).error().code, ErrorCode::kInvalid);
}

TEST_F(ProbesTest, ARemoteModelIsNotAsked) {
  class RemoteEmbedder final : public search::TestEmbedder {
   public:
    RemoteEmbedder() : TestEmbedder("far", 4, true) {}
    bool is_remote() const override { return true; }
    bool is_available() const override { return available; }
    bool available = true;
  };
  RemoteEmbedder embedder;  // embedding an image fails
  EXPECT_EQ(probe_model(embedder).value()["state"], "used");
  embedder.available = false;
  EXPECT_EQ(probe_model(embedder).value()["state"], "unavailable");
}

TEST_F(ProbesTest, AnUnavailableProviderIsNoFailure) {
  FakeProvider provider;
  Json state = probe_text_embedding(provider, state_, -1).value();
  EXPECT_EQ(state["provider"], "used");
  EXPECT_EQ(state["indexed"], 0) << "as many as the database has";
  EXPECT_FALSE(state.contains("retry_in_s"));
  provider.available = false;
  state = probe_text_embedding(provider, state_, 3).value();
  EXPECT_EQ(state["provider"], "unavailable");
  EXPECT_EQ(state["retry_in_s"], 1.5);
  EXPECT_EQ(state["indexed"], 3);
}

TEST(StorageProbe, ShowsTheFreeSpace) {
  const TempDir folder;
  const auto files = catalog::local_image_files(folder.path());
  EXPECT_GT(probe_storage(folder.path(), files).value()["free_bytes"], 0);
  EXPECT_EQ(probe_storage(folder.path() / "absent", files).error().code, ErrorCode::kStorageFull);
}

TEST(StorageProbe, ShowsTheLostAndDamagedImagesUntilTheyAreStoredAgain) {
  const TempDir folder;
  auto files = catalog::local_image_files(folder.path());
  const ByteView image = as_bytes("\xFF\xD8\xFF an image");
  const std::string sha256 = sha256_hex(image);
  const std::string location =
      files.put_original({.location = {}, .sha256 = sha256, .format = "jpeg"}, image).value();
  EXPECT_EQ(probe_storage(folder.path(), files).value()["damaged_images"], 0);
  std::filesystem::remove_all(folder.path() / "images");
  EXPECT_FALSE(files.original(location, 1000));
  const Json state = probe_storage(folder.path(), files).value();
  EXPECT_EQ(state["damaged_images"], 1);
  EXPECT_EQ(state["damaged_files"][0], (Json{{"file", sha256 + ".jpg"}, {"state", "lost"}}));
  ASSERT_TRUE(files.restore_original(image));
  EXPECT_EQ(probe_storage(folder.path(), files).value()["damaged_images"], 0);
}

TEST(CacheProbe, ShowsTheLevels) {
  EXPECT_EQ(probe_cache(nullptr, nullptr)["level"], "none");
  const cache::MemoryCache memory({.max_bytes = 1 << 20});
  EXPECT_EQ(probe_cache(&memory, nullptr)["level"], "memory");
  const auto redis = cache::RedisPool::open("redis://127.0.0.1:1", Log::silent()).value();
  const Json state = probe_cache(&memory, redis.get());
  EXPECT_EQ(state["level"], "memory and redis");
  EXPECT_EQ(state["redis"], "unavailable");
  const Json limits_only = probe_cache(nullptr, redis.get());
  EXPECT_EQ(limits_only["level"], "none");
  EXPECT_EQ(limits_only["redis"], "unavailable");
}

TEST(ConnectionGauges, ShowThePoolAndTheStandbys) {
  Metrics metrics;
  sql::PoolStats stats;
  stats.open = 3;
  stats.busy = 1;
  stats.replicas.push_back({.name = "standby", .is_used = true, .lag_bytes = 5, .lag = milliseconds(250)});
  show_connections(stats, metrics);
  const std::string text = metrics.expose();
  EXPECT_TRUE(text.contains("fit_database_connections{state=\"idle\"} 2")) << text;
  EXPECT_TRUE(text.contains("fit_replica_lag_seconds{replica=\"standby\"} 0.25")) << text;
}

}  // namespace
}  // namespace fit::monitor
