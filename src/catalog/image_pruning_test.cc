// Pruning removes files that no item names, and keeps those of stored items and of items being written.
#include "catalog/image_pruning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "base/folder_lock.h"
#include "blobs/local_blobs.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class ImagePruningTest : public ::testing::Test {
 protected:
  Result<ItemId> put(int number, std::uint64_t seed) {
    FIT_TRY(const auto outcome,
            bench_.catalog->put(testing::shop_row(std::to_string(number), "Dress", {seed})));
    return outcome.id;
  }

  fs::path storage() const { return bench_.folder() / "storage"; }

  // The paths of all originals and thumbnails, of existing and of removed items.
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const char* folder : {"images", "thumbnails"}) {
      if (!fs::exists(storage() / folder)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(storage() / folder)) {
        if (entry.is_regular_file()) found.push_back(entry.path());
      }
    }
    return found;
  }

  static void make_old(const fs::path& file) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - 25h);
  }
  void make_all_old() const {
    for (const fs::path& file : files()) make_old(file);
  }

  Result<PruneReport> prune(const PruneOptions& options = {}) {
    PruneReport report;
    ImageFiles files = local_image_files(storage());
    FIT_CHECK(prune_images(*bench_.store, files, options, {}, report));
    return report;
  }

  fs::path original_of(ItemId item) {
    const auto record = bench_.store->items().get(item).value();
    const std::string name = record.images.at(0).location.substr(std::string_view("stored:").size());
    return blobs::LocalBlobs(storage() / "images").local_path(name).value();
  }

  testing::Bench bench_;
};

TEST_F(ImagePruningTest, RemovesOnlyTheFilesOfRemovedItems) {
  const ItemId kept = put(1, 1).value();
  const ItemId twin = put(2, 2).value();
  ASSERT_TRUE(put(3, 2));  // has the image of item 2
  const ItemId gone = put(4, 4).value();
  const fs::path left = original_of(gone);
  ASSERT_TRUE(bench_.catalog->remove(gone));
  ASSERT_TRUE(bench_.catalog->remove(twin));
  testing::write_file(left.string() + ".1.2.tmp", std::string_view("half"));
  testing::write_file(left.parent_path() / "notes.txt", std::string_view("somebody else's"));
  make_all_old();

  const auto told = prune({.dry_run = true});
  ASSERT_TRUE(told) << told.error().describe();
  EXPECT_EQ(told->originals.count, 1);
  EXPECT_EQ(told->originals.bytes, static_cast<std::int64_t>(fs::file_size(left)));
  EXPECT_EQ(told->thumbnails.count, 1);
  EXPECT_EQ(told->unfinished.count, 1);
  EXPECT_EQ(told->named.count, 4);
  EXPECT_EQ(files().size(), 8U) << "a dry run removes nothing";

  const auto done = prune();
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->originals.count, 1);
  EXPECT_EQ(done->originals.bytes, told->originals.bytes);
  EXPECT_EQ(done->thumbnails.count, 1);
  EXPECT_EQ(done->unfinished.count, 1);
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(left.parent_path() / "notes.txt"));
  for (const domain::ItemRecord& item : bench_.items()) {
    EXPECT_TRUE(bench_.catalog->original(item.images.at(0).id));
    EXPECT_TRUE(local_image_files(storage()).open_thumbnail(item.images.at(0).sha256));
  }
  EXPECT_TRUE(fs::exists(original_of(kept)));
  EXPECT_EQ(prune()->originals.count, 0);
}

TEST_F(ImagePruningTest, LeavesYoungFilesAlone) {
  ASSERT_TRUE(put(1, 1));
  ASSERT_TRUE(bench_.catalog->remove(put(2, 2).value()));
  const auto report = prune();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->originals.count, 0);
  EXPECT_EQ(report->young.count, 2);
  EXPECT_EQ(files().size(), 4U);
  EXPECT_EQ(prune({.grace = 0h}).error().field, "grace");
}

TEST_F(ImagePruningTest, AWrongDatabaseRemovesNothing) {
  ASSERT_TRUE(bench_.catalog->remove(put(1, 1).value()));
  make_all_old();
  const auto refused = prune();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("DATABASE_URL"));
  EXPECT_EQ(files().size(), 2U);
  EXPECT_EQ(prune({.force = true})->originals.count, 1);
  EXPECT_EQ(files().size(), 0U);
  const testing::Bench empty;
  PruneReport nothing;
  ImageFiles none = local_image_files(empty.folder() / "storage");
  EXPECT_TRUE(prune_images(*empty.store, none, {}, {}, nothing));
  EXPECT_EQ(nothing.originals.count, 0);
}

TEST_F(ImagePruningTest, IsAConflictDuringABackup) {
  ASSERT_TRUE(put(1, 1));
  const auto backup = FolderLock::take(storage() / "images", FolderLock::Kind::kShared);
  EXPECT_EQ(prune().error().code, ErrorCode::kConflict);
}

TEST_F(ImagePruningTest, StopsOnRequest) {
  ASSERT_TRUE(put(1, 1));
  for (int i = 2; i < 6; ++i)
    ASSERT_TRUE(bench_.catalog->remove(put(i, static_cast<std::uint64_t>(i)).value()));
  make_all_old();
  PruneOptions options;
  std::stop_source stop;
  options.progress = [&](std::string_view stage, std::int64_t done, std::int64_t) {
    if (stage == "files" && done == 3) stop.request_stop();
  };
  PruneReport report;
  ImageFiles image_files = local_image_files(storage());
  const auto pruned = prune_images(*bench_.store, image_files, options, stop.get_token(), report);
  ASSERT_FALSE(pruned);
  EXPECT_EQ(pruned.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(report.originals.count + report.thumbnails.count, 3);
}

// Items may be stored after pruning has read the catalogue and before it removes files.
TEST_F(ImagePruningTest, KeepsTheImagesOfItemsBeingWritten) {
  ASSERT_TRUE(put(1, 1));
  for (int i = 2; i < 4; ++i) {
    ASSERT_TRUE(bench_.catalog->remove(put(i, static_cast<std::uint64_t>(i)).value()));
  }
  make_all_old();
  PruneOptions options;
  options.progress = [&](std::string_view what, std::int64_t done, std::int64_t total) {
    if (what != "files" || done != 1) return;
    EXPECT_EQ(total, 4);
    EXPECT_TRUE(put(4, 2));
    EXPECT_TRUE(put(5, 3));
  };
  const auto report = prune(options);
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->originals.count + report->thumbnails.count, 1) << "the one before";
  EXPECT_EQ(report->young.count, 3);
  EXPECT_EQ(files().size(), 6U);
  for (const domain::ItemRecord& item : bench_.items()) {
    EXPECT_TRUE(bench_.catalog->original(item.images.at(0).id));
  }
}

TEST_F(ImagePruningTest, NeverRemovesAFileThatAnImportStored) {
  ASSERT_TRUE(put(1, 1));
  ImageFiles files = local_image_files(storage());
  const Bytes image = testing::jpeg(2);
  const fs::path file = original_of(put(2, 2).value());
  const std::string sha256(blobs::sha256_of_name(file.filename().string()));
  std::barrier start(2);
  std::barrier end(2);
  constexpr int kRounds = 200;
  std::thread importer([&] {
    for (int i = 0; i < kRounds; ++i) {
      start.arrive_and_wait();
      EXPECT_TRUE(files.put_original({.location = {}, .sha256 = sha256, .format = "jpeg"}, image));
      EXPECT_TRUE(files.put_thumbnail(sha256, image));
      end.arrive_and_wait();
    }
  });
  int removed = 0;
  ASSERT_TRUE(bench_.catalog->remove(bench_.item("shop", "2").id));
  for (int i = 0; i < kRounds; ++i) {
    make_all_old();
    start.arrive_and_wait();
    const auto report = prune();
    EXPECT_TRUE(report);
    end.arrive_and_wait();
    removed += report && report->originals.count > 0 ? 1 : 0;
    // In either order, the file that put() confirmed to the importer exists.
    EXPECT_TRUE(fs::exists(file)) << i;
    EXPECT_TRUE(files.open_thumbnail(sha256)) << i;
  }
  importer.join();
  RecordProperty("removed", removed);
}

}  // namespace
}  // namespace fit::catalog
