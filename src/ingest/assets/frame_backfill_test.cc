// Vectors of assets in a space that was not active when they were worked on.
#include "ingest/assets/frame_backfill.h"

#include <gtest/gtest.h>

#include "catalog/item_writer.h"
#include "catalog/test_support.h"
#include "ingest/assets/asset_filler.h"

namespace fit::ingest {
namespace {

using catalog::testing::jpeg;

constexpr FileLimits kBackfillFileLimits{.image_bytes = 20 << 20, .video_bytes = 20 << 20};

// Assets are worked on in the space "grid"; "second" is filled.
class FrameBackfillTest : public ::testing::Test {
 protected:
  AddedAsset done_asset(std::uint64_t seed, const AssetMetadata& metadata = {}) {
    const Bytes photo = jpeg(seed);
    const SentFile file{
        .field = "files", .name = "a.jpg", .content = photo, .metadata = metadata, .owner = "key:1"};
    const AddedAsset added = intake_.accept(std::span(&file, 1)).at(0).value();
    EXPECT_TRUE(worker_.run({.id = {added.job},
                             .kind = std::string(kAssetJob),
                             .payload = dump_json({{"asset", added.id.str()}}),
                             .attempt = 1,
                             .max_attempts = 5},
                            {}));
    return added;
  }
  Result<FrameBackfill::Page> step(std::int64_t after = 0, std::size_t limit = 100) {
    return FrameBackfill(bench_.store->database(), bench_.catalog->writer(), second_).step(after, limit);
  }
  std::vector<FrameVector> vectors() { return frames_.vectors(second_.space_id, 0, 100).value(); }

  catalog::testing::Bench bench_;
  Metrics metrics_;
  AssetFrames frames_{bench_.store->database()};
  AssetIntake intake_{{.database = bench_.store->database(),
                       .originals = bench_.catalog->writer().files().originals(),
                       .on_added = {},
                       .metrics = metrics_},
                      kBackfillFileLimits};
  AssetWorker worker_{{.database = bench_.store->database(),
                       .catalog = [this] { return CatalogLease{.owner = {}, .catalog = *bench_.catalog}; },
                       .http = *bench_.http,
                       .fetch_limits = {.retries = 0},
                       .log = Log::silent()},
                      {.files = kBackfillFileLimits, .video = {}, .scratch = bench_.folder() / "scratch"}};
  catalog::ActiveSpace second_{bench_.store->spaces()
                                   .ensure({.name = bench_.second.space().name,
                                            .model = bench_.second.space().model,
                                            .version = bench_.second.space().version,
                                            .dimensions = bench_.second.space().dimensions})
                                   .value()
                                   .id,
                               &bench_.second};
};

TEST_F(FrameBackfillTest, GivesAssetsAVectorInAnotherSpace) {
  const AddedAsset first = done_asset(1);
  done_asset(2);
  EXPECT_TRUE(vectors().empty());
  const auto page = step().value();
  EXPECT_EQ(page.done, 2);
  EXPECT_EQ(page.failed, 0);
  ASSERT_EQ(vectors().size(), 2U);
  EXPECT_EQ(vectors()[0].asset, first.id);
  const auto here = frames_.vectors(bench_.spaces.front().space_id, 0, 100).value();
  EXPECT_EQ(vectors()[0].values, here[0].values) << "both embedders make the same vectors";
  EXPECT_EQ(step()->last, 0) << "nothing is missing any more";
}

TEST_F(FrameBackfillTest, ContinuesAfterAnyPage) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) done_asset(seed);
  const auto page = step(0, 2).value();
  EXPECT_EQ(page.done, 2);
  EXPECT_EQ(frames_.count(second_.space_id)->with_vector, 2);
  EXPECT_EQ(step(page.last, 2)->done, 1);
  EXPECT_EQ(bench_.second.embedded_images, 3) << "no frame is embedded twice";
}

TEST_F(FrameBackfillTest, ItemsHaveTheirVectorsInTheCatalogue) {
  const AddedAsset added = done_asset(1, {.title = "Dress", .make_item = true});
  EXPECT_EQ(step()->last, 0);
  // What remains of an asset whose item is gone is an asset that is no item.
  ASSERT_TRUE(bench_.catalog->remove(intake_.assets().get(added.id)->item.value()));
  EXPECT_EQ(step()->done, 1);
}

TEST_F(FrameBackfillTest, ALostFileFailsAlone) {
  const AddedAsset lost = done_asset(1);
  done_asset(2);
  const auto path =
      bench_.catalog->writer().files().originals().local_path(blob_name(*intake_.assets().get(lost.id)));
  std::filesystem::remove(*path);
  const auto page = step().value();
  EXPECT_EQ(page.done, 1);
  EXPECT_EQ(page.failed, 1);
}

TEST_F(FrameBackfillTest, AModelThatIsDownStoresNothing) {
  done_asset(1);
  bench_.second.unavailable = true;
  EXPECT_EQ(step().error().code, ErrorCode::kUnavailable);
  bench_.second.unavailable = false;
  EXPECT_EQ(step()->done, 1);
}

TEST_F(FrameBackfillTest, VectorsBeforeAnOutageAreStored) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) done_asset(seed);
  // The batch fails, then the first of its images is embedded alone, then the model is down.
  bench_.second.on_call = [this, calls = 0]() mutable { bench_.second.unavailable = ++calls != 2; };
  EXPECT_EQ(step().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(vectors().size(), 1U);
  bench_.second.on_call = nullptr;
  bench_.second.unavailable = false;
  EXPECT_EQ(step()->done, 2);
  EXPECT_EQ(bench_.second.embedded_images, 3) << "no frame is embedded twice";
}

TEST_F(FrameBackfillTest, TheFillerFollowsTheActiveSpace) {
  done_asset(1);
  catalog::Catalog other(catalog::Catalog::Parts{*bench_.store,
                                                 *bench_.http,
                                                 bench_.catalog->writer().files(),
                                                 {second_},
                                                 ontology::Ontology::load().value(),
                                                 Log::silent(),
                                                 metrics_,
                                                 {}},
                         {});
  catalog::Catalog* active = bench_.catalog.get();
  AssetFiller filler({.database = bench_.store->database(),
                      .catalog = [&active] { return CatalogLease{.owner = {}, .catalog = *active}; },
                      .log = Log::silent()});
  ASSERT_TRUE(filler.fill({}));
  EXPECT_TRUE(vectors().empty());
  active = &other;
  ASSERT_TRUE(filler.fill({}));
  EXPECT_EQ(vectors().size(), 1U);
  done_asset(2);  // by a worker in the old space
  ASSERT_TRUE(filler.fill({}));
  EXPECT_EQ(vectors().size(), 2U);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(filler.fill(stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fit::ingest
