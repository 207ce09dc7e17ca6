// Videos: their frames, items and failures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "catalog/item_writer.h"
#include "catalog/test_support.h"
#include "ingest/assets/asset_worker.h"
#include "ingest/assets/local_file.h"
#include "media/test_videos.h"

namespace fit::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using VideoWords = std::vector<std::string>;

constexpr FileLimits kVideoFileLimits{.image_bytes = 20 << 20, .video_bytes = 20 << 20};
constexpr std::uint64_t kWholeVideo = 20 << 20;

class VideoAssetTest : public ::testing::Test {
 protected:
  Bytes video(const std::string& name, const VideoWords& arguments) {
    const auto file = bench_.folder() / name;
    media::make_video(arguments, file);
    return read_file(file, kWholeVideo).value();
  }
  // Three scenes of a second each, in the order of time: colour bars, a test picture, coloured stripes.
  Bytes scenes() {
    return video("scenes.mp4", {"-f",
                                "lavfi",
                                "-i",
                                "smptebars=s=160x120:r=10:d=1",
                                "-f",
                                "lavfi",
                                "-i",
                                "testsrc=s=160x120:r=10:d=2",
                                "-f",
                                "lavfi",
                                "-i",
                                "rgbtestsrc=s=160x120:r=10:d=1",
                                "-filter_complex",
                                "[0][1][2]concat=n=3",
                                "-c:v",
                                "libx264",
                                "-preset",
                                "ultrafast",
                                "-pix_fmt",
                                "yuv420p"});
  }
  AddedAsset send(const Bytes& file, const AssetMetadata& metadata = {}) {
    const SentFile sent{
        .field = "files", .name = "a.mp4", .content = file, .metadata = metadata, .owner = "key:1"};
    return intake_.accept(std::span(&sent, 1)).at(0).value();
  }
  Result<void> work(const AddedAsset& added, std::string_view kind = kVideoJob) {
    return worker_.run({.id = {added.job},
                        .kind = std::string(kind),
                        .payload = dump_json({{"asset", added.id.str()}}),
                        .attempt = 1,
                        .max_attempts = 5},
                       {});
  }
  Asset get(const AddedAsset& added) { return intake_.assets().get(added.id).value(); }
  std::vector<AssetFrame> frames(const AddedAsset& added) {
    return intake_.assets().frames().of(added.id).value();
  }
  catalog::ImageFiles& files() { return bench_.catalog->writer().files(); }

  catalog::testing::Bench bench_;
  Metrics metrics_;
  std::shared_ptr<blobs::BlobStore> originals_ = bench_.catalog->writer().files().originals_store();
  catalog::Quotas quotas_{*bench_.store, *originals_};
  ByteBudget memory_{768u << 20};
  AssetIntake intake_{
      {.database = bench_.store->database(), .originals = *originals_, .on_added = {}, .metrics = metrics_},
      kVideoFileLimits};
  AssetWorker worker_{
      {.database = bench_.store->database(),
       .catalog = [this] { return CatalogLease{.owner = {}, .catalog = *bench_.catalog}; },
       .http = *bench_.http,
       .fetch_limits = {.retries = 0},
       .log = Log(LogLevel::kError, LogFormat::kText),
       .on_added = {},
       .quotas = &quotas_},
      {.files = kVideoFileLimits, .video = {.memory = &memory_}, .scratch = bench_.folder() / "scratch"}};
};

TEST_F(VideoAssetTest, FramesAreTheImagesOfAVideo) {
  bench_.embedder.predicts = true;
  const AddedAsset added = send(scenes());
  ASSERT_TRUE(work(added));
  const Asset asset = get(added);
  EXPECT_EQ(asset.state, AssetState::kDone);
  EXPECT_EQ(asset.width, 160);
  EXPECT_EQ(asset.height, 120);
  EXPECT_EQ(asset.codec, "h264");
  EXPECT_FALSE(asset.has_sound);
  EXPECT_NEAR(static_cast<double>(asset.duration.count()), 4000, 150);
  EXPECT_EQ(asset.properties["pattern"], "striped") << asset.properties;
  const std::vector<AssetFrame> found = frames(added);
  ASSERT_GE(found.size(), 3U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].width, 160);
    EXPECT_NE(found[i].perceptual_hash, 0U);
    if (i > 0) {
      EXPECT_LT(found[i - 1].at, found[i].at);
    }
    EXPECT_TRUE(files().original("stored:" + frame_blob_name(asset, found[i]), kWholeVideo));
    EXPECT_TRUE(files().open_thumbnail(found[i].sha256));
  }
  EXPECT_EQ(std::ranges::count(found, asset.poster, &AssetFrame::sha256), 1);
  EXPECT_TRUE(bench_.items().empty()) << "no item was wanted";
  const auto vectors = intake_.assets().frames().vectors(bench_.spaces[0].space_id, 0, 100).value();
  EXPECT_THAT(vectors, SizeIs(found.size()));
  EXPECT_EQ(vectors[0].asset, added.id);
  EXPECT_THAT(vectors[0].values, SizeIs(48));
  EXPECT_THAT(intake_.assets().frames().vectors(bench_.spaces[0].space_id, vectors[0].frame, 1).value(),
              SizeIs(1));
}

TEST_F(VideoAssetTest, AnItemHasTheFramesAsImagesAndThePosterFirst) {
  const Bytes file = scenes();
  const AddedAsset added = send(file);
  ASSERT_TRUE(work(added));
  const std::vector<AssetFrame> before = frames(added);
  const AddedAsset again = send(file, {.title = "Dress", .make_item = true});
  EXPECT_EQ(again.id, added.id);
  std::filesystem::remove(*originals_->local_path(blob_name(get(added))));
  ASSERT_TRUE(work(again)) << "the frames are stored, and the video is not decoded again";
  const Asset asset = get(again);
  const domain::ItemRecord item = bench_.item("upload", asset.sha256);
  EXPECT_EQ(asset.item, item.id);
  EXPECT_EQ(item.listing.title, "Dress");
  EXPECT_THAT(item.images, SizeIs(before.size()));
  EXPECT_EQ(item.images[0].sha256, asset.poster);
  EXPECT_EQ(frames(again)[0].id, before[0].id);
  EXPECT_THAT(intake_.assets().frames().vectors(bench_.spaces[0].space_id, 0, 100).value(), SizeIs(0))
      << "the vectors of an item are in the catalogue";
  ASSERT_TRUE(intake_.assets().begin_work(again.id, again.job));
  ASSERT_TRUE(work(again)) << "a worker that was killed before it finished the asset";
  EXPECT_THAT(bench_.items(), SizeIs(1));
  EXPECT_THAT(intake_.assets().jobs_of(get(again)).value(), ::testing::ElementsAre(added.job, again.job));
}

TEST_F(VideoAssetTest, FilesThatAreNoVideoFailAtOnce) {
  const Bytes whole = scenes();
  Bytes cut = whole;
  cut.resize(cut.size() / 2);
  Bytes many = media::with_copied_tracks(whole, 40);
  struct Case {
    Bytes file;
    ErrorCode code;
    std::string message;
  };
  for (const Case& one :
       {Case{cut, ErrorCode::kMalformed, ""}, Case{many, ErrorCode::kTooLarge, "too many streams"},
        Case{video("sound.mp4", {"-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"}),
             ErrorCode::kUnsupportedMedia, "sound only"},
        Case{video("long.mp4", {"-f", "lavfi", "-i", "color=s=64x64:r=1/3600:d=36000", "-c:v", "libx264",
                                "-preset", "ultrafast"}),
             ErrorCode::kTooLarge, "600"}}) {
    const AddedAsset added = send(one.file);
    const auto worked = work(added);
    ASSERT_FALSE(worked);
    EXPECT_EQ(worked.error().code, one.code) << worked.error().describe();
    const Asset asset = get(added);
    EXPECT_EQ(asset.state, AssetState::kFailed);
    EXPECT_EQ(asset.failure->field, "file");
    EXPECT_THAT(asset.failure->message, HasSubstr(one.message));
    EXPECT_THAT(frames(added), SizeIs(0));
  }
}

TEST_F(VideoAssetTest, AFullQuotaFailsTheVideoAndNothingWaits) {
  const Bytes file = scenes();
  quotas_.set({.bytes = static_cast<std::int64_t>(file.size()) + 100});
  const AddedAsset added = send(file);
  const auto worked = work(added);
  ASSERT_FALSE(worked);
  EXPECT_EQ(AssetWorker::classify_video(worked.error()), jobs::ErrorClass::kBadInput);
  EXPECT_THAT(get(added).failure->message, HasSubstr("quota bytes"));
}

TEST_F(VideoAssetTest, AVideoIsLeftToTheWorkersOnVideos) {
  const AddedAsset added = send(scenes());
  ASSERT_TRUE(work(added, kAssetJob)) << "as after the fetch of a URL";
  const Asset asset = get(added);
  EXPECT_EQ(asset.state, AssetState::kQueued);
  EXPECT_NE(asset.job, added.job);
  EXPECT_EQ(jobs::Queue(bench_.store->database()).find({asset.job})->kind, kVideoJob);
}

TEST_F(VideoAssetTest, ADamagedFileIsReported) {
  const AddedAsset added = send(scenes());
  const auto path = *originals_->local_path(blob_name(get(added)));
  Bytes content = read_file(path, kWholeVideo).value();
  content.back() ^= std::byte{1};
  ASSERT_TRUE(write_file_atomically(path, content));
  EXPECT_EQ(work(added).error().code, ErrorCode::kDamaged);
  std::filesystem::remove(path);
  EXPECT_EQ(work(added).error().code, ErrorCode::kDamaged);
}

// A store whose files are not on this machine.
class FarBlobs final : public blobs::BlobStore {
 public:
  explicit FarBlobs(blobs::BlobStore& store) : store_(store) {}
  Result<void> put(const std::string& name, ByteView content, blobs::Durability durability) override {
    return store_.put(name, content, durability);
  }
  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override {
    return store_.put_file(name, file);
  }
  Result<void> sync() override { return store_.sync(); }
  Result<Bytes> get(const std::string& name, std::uint64_t max_bytes) const override {
    return store_.get(name, max_bytes);
  }
  Result<Bytes> read(const std::string& name, std::uint64_t offset, std::uint64_t count) const override {
    return store_.read(name, offset, count);
  }
  Result<bool> exists(const std::string& name) const override { return store_.exists(name); }
  std::optional<std::filesystem::path> local_path(std::string_view) const override { return std::nullopt; }
  Result<bool> renew(const std::string& name) override { return store_.renew(name); }
  Result<void> list(const Visitor& visit) const override { return store_.list(visit); }
  Result<bool> remove(const blobs::BlobInfo& blob, Timestamp before) override {
    return store_.remove(blob, before);
  }
  Result<std::unique_ptr<blobs::BlobHold>> hold(blobs::HoldFor purpose) override {
    return store_.hold(purpose);
  }
  Result<void> probe() const override { return store_.probe(); }

 private:
  blobs::BlobStore& store_;
};

TEST_F(VideoAssetTest, ACopyOfAFarFileLeavesNothingBehind) {
  const Bytes content(9 << 20, std::byte{7});
  const std::string name = sha256_hex(content) + ".mp4";
  ASSERT_TRUE(originals_->put(name, content, blobs::Durability::kUnsynced));
  const FarBlobs far(*originals_);
  const auto scratch = bench_.folder() / "scratch";
  const auto copy = LocalFile::open(far, name, scratch);
  ASSERT_TRUE(copy) << copy.error().describe();
  EXPECT_EQ(read_file(copy->path(), kWholeVideo).value(), content);
  EXPECT_TRUE(std::filesystem::is_empty(scratch)) << "a kill leaves nothing either";
  const std::string other = sha256_hex(as_bytes("other")) + ".mp4";
  EXPECT_EQ(LocalFile::open(far, other, scratch).error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace fit::ingest
