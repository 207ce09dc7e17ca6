#include "ingest/assets/asset_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/item_writer.h"
#include "catalog/test_support.h"
#include "ingest/assets/intake.h"
#include "ingest/assets/test_assets.h"

namespace fit::ingest {
namespace {

using catalog::testing::jpeg;
using ::testing::SizeIs;

constexpr FileLimits kFileLimits{.image_bytes = 20 << 20, .video_bytes = 20 << 20};

class AssetWorkerTest : public ::testing::Test {
 protected:
  AddedAsset send(const Bytes& photo, const AssetMetadata& metadata = {}) {
    const SentFile file{
        .field = "files", .name = "a.jpg", .content = photo, .metadata = metadata, .owner = "key:1"};
    return intake_.accept(std::span(&file, 1)).at(0).value();
  }
  Result<void> work(const AddedAsset& added, std::int64_t attempt = 1) {
    const auto asset = intake_.assets().get(added.id);
    return worker_.run({.id = {added.job},
                        .kind = std::string(asset && is_video(*asset) ? kVideoJob : kAssetJob),
                        .payload = dump_json({{"asset", added.id.str()}}),
                        .attempt = attempt,
                        .max_attempts = 5},
                       {});
  }
  Asset get(const AddedAsset& added) { return intake_.assets().get(added.id).value(); }
  ErrorCode failure_of(const AddedAsset& added) { return get(added).failure.value().code; }

  catalog::testing::Bench bench_;
  Metrics metrics_;
  AssetIntake intake_{{.database = bench_.store->database(),
                       .originals = bench_.catalog->writer().files().originals(),
                       .on_added = {},
                       .metrics = metrics_},
                      kFileLimits};
  AssetWorker worker_{{.database = bench_.store->database(),
                       .catalog = [this] { return CatalogLease{.owner = {}, .catalog = *bench_.catalog}; },
                       .http = *bench_.http,
                       .fetch_limits = {.retries = 0},
                       .log = Log(LogLevel::kError, LogFormat::kText)},
                      {.files = kFileLimits, .video = {}, .scratch = bench_.folder() / "scratch"}};
};

TEST_F(AssetWorkerTest, FindsTheFactsOfAPhoto) {
  bench_.embedder.predicts = true;
  const AddedAsset added = send(jpeg(1, 120, 160), {.title = "Red dress"});
  ASSERT_TRUE(work(added));
  const Asset asset = get(added);
  EXPECT_EQ(asset.state, AssetState::kDone);
  EXPECT_EQ(asset.width, 120);
  EXPECT_EQ(asset.height, 160);
  EXPECT_NE(asset.perceptual_hash, 0U);
  EXPECT_EQ(asset.properties["primary_color"], "red");
  EXPECT_EQ(asset.properties["pattern"], "striped") << asset.properties;
  EXPECT_TRUE(bench_.catalog->writer().files().open_thumbnail(asset.sha256));
  EXPECT_TRUE(bench_.items().empty()) << "no item was wanted";
  ASSERT_TRUE(work(added)) << "a second attempt has nothing to do";
  EXPECT_EQ(bench_.embedder.embedded_images, 1);
}

TEST_F(AssetWorkerTest, MakesOneItemHoweverOftenItRuns) {
  const Bytes photo = jpeg(1);
  const AddedAsset added =
      send(photo, {.title = "Dress", .source = "shop", .external_id = "7", .make_item = true});
  const Asset before = get(added);
  ASSERT_TRUE(work(added));
  const ItemId item = get(added).item.value();
  EXPECT_EQ(bench_.item("shop", "7").id, item);
  EXPECT_EQ(bench_.item("shop", "7").listing.title, "Dress");
  // A worker that was killed before it finished the asset.
  ASSERT_TRUE(intake_.assets().begin_work(added.id, added.job));
  ASSERT_TRUE(work(added));
  EXPECT_EQ(get(added).item, item);
  EXPECT_THAT(bench_.items(), SizeIs(1));
  EXPECT_EQ(get(added).width, 120);
}

TEST_F(AssetWorkerTest, ASecondRunKeepsWhatPeopleChanged) {
  const AddedAsset added = send(jpeg(1), {.title = "Dress", .make_item = true});
  ASSERT_TRUE(work(added));
  const ItemId item = get(added).item.value();
  ASSERT_TRUE(bench_.catalog->patch(item, {{"title", "Evening dress"}}, 1 << 20));
  ASSERT_TRUE(intake_.assets().begin_work(added.id, added.job));
  ASSERT_TRUE(work(added));
  EXPECT_EQ(bench_.catalog->get(item)->listing.title, "Evening dress");
}

TEST_F(AssetWorkerTest, AnotherItemOfTheKeyIsNotTouched) {
  ASSERT_TRUE(bench_.catalog->put(catalog::testing::shop_row("7", "Coat", {5})));
  const AddedAsset added = send(jpeg(1), {.source = "shop", .external_id = "7", .make_item = true});
  EXPECT_EQ(work(added).error().code, ErrorCode::kConflict);
  EXPECT_EQ(get(added).state, AssetState::kFailed);
  EXPECT_EQ(failure_of(added), ErrorCode::kConflict);
  EXPECT_EQ(bench_.item("shop", "7").listing.title, "Coat");
}

TEST_F(AssetWorkerTest, ABrokenPhotoFailsAtOnce) {
  Bytes photo = jpeg(1, 200, 200);
  photo.resize(photo.size() / 3);
  const AddedAsset added = send(photo);
  EXPECT_EQ(work(added).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(get(added).state, AssetState::kFailed);
  EXPECT_EQ(get(added).failure->field, "file");
}

TEST_F(AssetWorkerTest, AModelThatIsDownFailsTheLastAttemptOnly) {
  bench_.embedder.unavailable = true;
  const media::Image plain{64, 64, std::vector<std::uint8_t>(64 * 64 * 3, 7)};
  const AddedAsset added = send(media::encode_png(plain).value());
  EXPECT_EQ(work(added, 5).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(get(added).state, AssetState::kQueued) << "a dependency that is down consumes no attempt";
  bench_.embedder.unavailable = false;
  bench_.embedder.bad_red = 7;
  EXPECT_EQ(work(added, 4).error().code, ErrorCode::kInternal);
  EXPECT_EQ(get(added).state, AssetState::kQueued);
  EXPECT_FALSE(work(added, 5));
  EXPECT_EQ(get(added).state, AssetState::kFailed);
}

TEST_F(AssetWorkerTest, FactsOfANewerVersionStayAndThoseOfAnOlderAreMadeAnew) {
  const AddedAsset added = send(jpeg(1));
  ASSERT_TRUE(work(added));
  const auto set_pipeline = [&](std::int64_t version) {
    return bench_.store->database().write(
        sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
          FIT_CHECK(connection.execute("UPDATE assets SET pipeline = $1, width = 7 WHERE id = $2",
                                       {version, added.id.value}));
          return {};
        });
  };
  ASSERT_TRUE(set_pipeline(kAssetPipeline + 1));
  ASSERT_TRUE(work(added));
  EXPECT_EQ(get(added).pipeline, kAssetPipeline + 1);
  EXPECT_EQ(get(added).width, 7) << "another version means something else by its facts";
  ASSERT_TRUE(set_pipeline(kAssetPipeline - 1));
  ASSERT_TRUE(work(added));
  EXPECT_EQ(get(added).pipeline, kAssetPipeline);
  EXPECT_EQ(get(added).width, 120);
}

TEST_F(AssetWorkerTest, ARemovedAssetIsNoError) {
  const AddedAsset added = send(jpeg(1));
  ASSERT_TRUE(intake_.assets().remove(added.id));
  EXPECT_TRUE(work(added));
}

TEST_F(AssetWorkerTest, AUrlOfAPrivateAddressIsRefused) {
  const NewAsset asset{.url = "http://127.0.0.1:9/a.jpg", .owner = "key:1"};
  const AddedAsset added = intake_.accept_urls(std::span(&asset, 1)).value().at(0);
  EXPECT_EQ(work(added).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(get(added).state, AssetState::kFailed);
  EXPECT_EQ(get(added).failure->field, "url");
}

TEST_F(AssetWorkerTest, ALostFileIsReported) {
  const AddedAsset added = send(jpeg(1));
  const auto path = bench_.catalog->writer().files().originals().local_path(blob_name(get(added)));
  std::filesystem::remove(*path);
  EXPECT_EQ(work(added, 5).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(get(added).state, AssetState::kFailed);
}

TEST(AssetJobTest, ErrorsHaveTheirClasses) {
  const auto class_of = [](ErrorCode code) { return AssetWorker::classify({code, "x", {}, {}}); };
  EXPECT_EQ(class_of(ErrorCode::kConflict), jobs::ErrorClass::kBadInput);
  EXPECT_EQ(class_of(ErrorCode::kMalformed), jobs::ErrorClass::kBadInput);
  EXPECT_EQ(class_of(ErrorCode::kTooManyRequests), jobs::ErrorClass::kTransient);
  EXPECT_EQ(class_of(ErrorCode::kUnavailable), jobs::ErrorClass::kDependency);
}

}  // namespace
}  // namespace fit::ingest
