#include "blobs/blob_move.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/secure_random.h"
#include "base/temp_dir.h"
#include "blobs/blob_check.h"
#include "blobs/local_blobs.h"
#include "blobs/test_s3.h"

namespace fit::blobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kMovedFiles = 30;

std::string moved_name(const std::string& content) {
  return sha256_hex(as_bytes(content)) + ".jpg";
}

void fill(BlobStore& store) {
  for (int i = 0; i < kMovedFiles; ++i) {
    const std::string content = "content " + std::to_string(i);
    ASSERT_TRUE(store.put(moved_name(content), as_bytes(content), Durability::kUnsynced));
  }
}

class BlobMoveTest : public ::testing::Test {
 protected:
  BlobMoveReport move(BlobStore& from, BlobStore& to, bool removes = false) {
    BlobMoveReport report;
    const auto moved = move_blobs(from, to, {.removes = removes}, {}, report);
    EXPECT_TRUE(moved) << moved.error().describe();
    return report;
  }

  TempDir folder_;
  LocalBlobs from_{folder_.path() / "from"};
  LocalBlobs to_{folder_.path() / "to"};
};

TEST_F(BlobMoveTest, CopiesOnceAndThenRemoves) {
  fill(from_);
  EXPECT_EQ(move(from_, to_).copied, kMovedFiles);
  const BlobMoveReport again = move(from_, to_);
  EXPECT_EQ(again.copied, 0);
  EXPECT_EQ(again.present, kMovedFiles);
  EXPECT_EQ(finished_blobs(from_)->size(), static_cast<std::size_t>(kMovedFiles));
  // The source's times are those of fill(), before the call.
  EXPECT_EQ(move(from_, to_, true).removed, kMovedFiles);
  EXPECT_THAT(*finished_blobs(from_), IsEmpty());
  EXPECT_EQ(finished_blobs(to_)->size(), static_cast<std::size_t>(kMovedFiles));
}

TEST_F(BlobMoveTest, GoesOnAfterAStop) {
  fill(from_);
  std::stop_source stop;
  BlobMoveReport report;
  const BlobMoveOptions options{.removes = true, .progress = [&](std::int64_t done, std::int64_t) {
                                  if (done == 10) stop.request_stop();
                                }};
  const auto moved = move_blobs(from_, to_, options, stop.get_token(), report);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::kCancelled);
  EXPECT_GE(report.copied, 10);
  EXPECT_LT(report.copied, kMovedFiles);
  EXPECT_EQ(finished_blobs(from_)->size(), static_cast<std::size_t>(kMovedFiles)) << "none was removed";
  const BlobMoveReport rest = move(from_, to_, true);
  EXPECT_EQ(rest.copied + rest.present, kMovedFiles);
  EXPECT_EQ(rest.present, report.copied);
}

TEST_F(BlobMoveTest, DamagedFilesAreNamedAndStay) {
  fill(from_);
  const std::string bad = moved_name("content 7");
  const std::string cut = moved_name("content 8");
  ASSERT_TRUE(write_file_atomically(*from_.local_path(bad), as_bytes("other")));
  ASSERT_TRUE(to_.put(cut, as_bytes("content X"), Durability::kSynced)) << "of the right size, by a crash";
  const BlobMoveReport report = move(from_, to_, true);
  EXPECT_THAT(report.damaged, ElementsAre(bad));
  EXPECT_EQ(report.removed, 0);
  EXPECT_EQ(report.copied, kMovedFiles - 1);
  EXPECT_EQ(as_text(to_.get(cut, 100).value()), "content 8");
  BlobCheckReport checked;
  ASSERT_TRUE(check_blobs(from_, {}, {}, checked));
  EXPECT_EQ(checked.checked, kMovedFiles);
  EXPECT_THAT(checked.damaged, ElementsAre(bad));
  BlobCheckReport whole;
  ASSERT_TRUE(check_blobs(to_, {}, {}, whole));
  EXPECT_THAT(whole.damaged, IsEmpty());
}

TEST_F(BlobMoveTest, WaitsForNobody) {
  fill(from_);
  BlobMoveReport report;
  const auto pruning = from_.hold(HoldFor::kRemoving);
  EXPECT_EQ(move_blobs(from_, to_, {}, {}, report).error().code, ErrorCode::kConflict);
  EXPECT_THAT(*finished_blobs(to_), IsEmpty());
}

TEST_F(BlobMoveTest, S3AndBack) {
  const auto server = TestS3::find();
  if (!server) GTEST_SKIP() << "this run has no S3 server";
  S3Options options = server->options();
  options.part_bytes = 5 << 20;
  S3Blobs remote(server->bucket(options), "move/" + sha256_hex(secure_random(16)).substr(0, 16));
  fill(from_);
  const std::string large(33 << 20, 'x');
  ASSERT_TRUE(from_.put(moved_name(large), as_bytes(large), Durability::kUnsynced));
  EXPECT_EQ(move(from_, remote).copied, kMovedFiles + 1);
  EXPECT_EQ(move(from_, remote).present, kMovedFiles + 1);
  BlobCheckReport checked;
  ASSERT_TRUE(check_blobs(remote, {}, {}, checked));
  EXPECT_EQ(checked.checked, kMovedFiles + 1);
  EXPECT_THAT(checked.damaged, IsEmpty());
  EXPECT_EQ(move(remote, to_).copied, kMovedFiles + 1);
  EXPECT_TRUE(as_text(to_.get(moved_name(large), 64 << 20).value()) == large);
}

}  // namespace
}  // namespace fit::blobs
