#include "ingest/assets/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "blobs/local_blobs.h"
#include "catalog/test_support.h"
#include "store/test_support.h"

namespace fit::ingest {
namespace {

using catalog::testing::jpeg;

constexpr std::uint64_t kMaxBytes = 1 << 20;

// The beginning of an ISO base media file of this brand.
Bytes film(std::string_view brand) {
  std::string text = std::string("\0\0\0\x18", 4) + "ftyp" + std::string(brand) + "and what follows";
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

class IntakeTest : public ::testing::Test {
 protected:
  // The bytes must live until the files are accepted.
  static SentFile file(ByteView content, const std::string& field = "files") {
    return {.field = field, .name = "photo.jpg", .content = content, .metadata = {}, .owner = "key:1"};
  }

  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<store::Catalogue> store_ =
      store::open_catalogue(store::testing::sqlite_url(folder_)).value();
  blobs::LocalBlobs originals_{folder_.path() / "images"};
  std::atomic<int> announced_{0};
  AssetIntake intake_{{.database = store_->database(),
                       .originals = originals_,
                       .on_added = [this] { ++announced_; },
                       .metrics = metrics_},
                      {.image_bytes = kMaxBytes, .video_bytes = 2 * kMaxBytes}};
};

TEST_F(IntakeTest, StoresBytesAssetAndJob) {
  const Bytes photo = jpeg(1);
  const SentFile sent = file(photo);
  const AddedAsset added = intake_.accept(std::span(&sent, 1)).at(0).value();
  const Asset asset = intake_.assets().get(added.id).value();
  EXPECT_EQ(asset.media_type, "image/jpeg");
  EXPECT_EQ(asset.size_bytes, static_cast<std::int64_t>(photo.size()));
  EXPECT_EQ(originals_.get(blob_name(asset), kMaxBytes).value(), photo);
  EXPECT_GT(announced_, 0);
  EXPECT_TRUE(intake_.accept(std::span(&sent, 1)).at(0)->is_known);
}

TEST_F(IntakeTest, VideosAreKnownByTheirContent) {
  const Bytes mp4 = film("isom");
  const Bytes mov = film("qt  ");
  const std::vector<SentFile> files = {file(mp4), file(mov)};
  const auto results = intake_.accept(files);
  const Asset first = intake_.assets().get(results[0].value().id).value();
  EXPECT_EQ(first.media_type, "video/mp4");
  EXPECT_TRUE(is_video(first));
  EXPECT_EQ(blob_name(first), first.sha256 + ".mp4");
  EXPECT_EQ(originals_.get(blob_name(first), kMaxBytes).value(), mp4);
  const Asset second = intake_.assets().get(results[1].value().id).value();
  EXPECT_EQ(second.media_type, "video/quicktime");
  EXPECT_EQ(blob_name(second), second.sha256 + ".mov");
  EXPECT_EQ(jobs::Queue(store_->database()).find({first.job})->kind, kVideoJob);
}

TEST_F(IntakeTest, TheQuotaOfBytesCounts) {
  catalog::Quotas quotas(*store_, originals_);
  AssetIntake limited({.database = store_->database(),
                       .originals = originals_,
                       .on_added = {},
                       .metrics = metrics_,
                       .quotas = &quotas},
                      {.image_bytes = kMaxBytes, .video_bytes = kMaxBytes});
  const Bytes first = jpeg(1);
  const Bytes second = jpeg(2);
  quotas.set({.bytes = static_cast<std::int64_t>(first.size() + second.size() - 1)});
  const std::vector<SentFile> files = {file(first, "files[0]"), file(second, "files[1]")};
  EXPECT_TRUE(limited.accept(std::span(files).first(1)).at(0));
  const auto results = limited.accept(files);
  EXPECT_TRUE(results[0]) << "it is stored already";
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(results[1].error().field, "files[1]");
  EXPECT_THAT(results[1].error().message, ::testing::HasSubstr("quota bytes"));
}

TEST_F(IntakeTest, ARefusedFileDoesNotRefuseTheOthers) {
  const Bytes good = jpeg(1);
  Bytes large = good;
  large.resize(kMaxBytes + 1);
  Bytes large_video = film("avc1");
  large_video.resize(2 * kMaxBytes + 1);
  const std::vector<SentFile> files = {
      file(as_bytes("PK\x03\x04 a zip file named .jpg, long enough"), "files[0]"),
      file(good, "files[1]"),
      file({}, "files[2]"),
      file(large, "files[3]"),
      file(large_video, "files[4]"),
      file(as_bytes("\x1a\x45\xdf\xa3 no film that is known"), "files[5]")};
  const auto results = intake_.accept(files);
  EXPECT_EQ(results[0].error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(results[0].error().field, "files[0]");
  EXPECT_TRUE(results[1]);
  EXPECT_EQ(results[2].error().code, ErrorCode::kMalformed);
  EXPECT_EQ(results[3].error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(results[4].error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(results[5].error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_THAT(intake_.assets().list({}).value(), ::testing::SizeIs(1));
}

TEST_F(IntakeTest, ManyCallsShareBatches) {
  constexpr std::size_t kSenders = 16;
  constexpr std::size_t kFiles = 10;
  std::vector<std::thread> senders;
  for (std::size_t i = 0; i < kSenders; ++i) {
    senders.emplace_back([this, i] {
      std::vector<Bytes> photos;
      for (std::size_t at = 0; at < kFiles; ++at) photos.push_back(jpeg(i * 1000 + at, 32, 32));
      for (const Bytes& photo : photos) {
        const SentFile sent = file(photo);
        EXPECT_TRUE(intake_.accept(std::span(&sent, 1)).at(0));
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_THAT(intake_.assets().list({.limit = 1000}).value(), ::testing::SizeIs(kSenders * kFiles));
}

TEST_F(IntakeTest, ACallMayBeLargerThanABatch) {
  std::vector<Bytes> photos;
  for (std::size_t i = 0; i < 300; ++i) photos.push_back(jpeg(i, 16, 16));
  std::vector<SentFile> files;
  for (const Bytes& photo : photos) files.push_back(file(photo));
  for (const auto& result : intake_.accept(files)) EXPECT_TRUE(result);
}

TEST_F(IntakeTest, WhatCannotBeStoredIsNotAcknowledged) {
  catalog::testing::write_file(folder_.path() / "images", std::string_view("in the way"));
  const Bytes photo = jpeg(1);
  const SentFile sent = file(photo);
  const auto result = intake_.accept(std::span(&sent, 1)).at(0);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, ::testing::Not(::testing::HasSubstr("/"))) << "paths are private";
  EXPECT_TRUE(intake_.assets().list({})->empty());
}

}  // namespace
}  // namespace fit::ingest
