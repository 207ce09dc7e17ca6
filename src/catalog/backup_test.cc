#include "catalog/backup.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <thread>

#include "base/files.h"
#include "base/format.h"
#include "blobs/local_blobs.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using testing::Bench;

namespace fs = std::filesystem;

class BackupTest : public ::testing::Test {
 protected:
  BackupTest() {
    for (int i = 0; i < 30; ++i) put(i);
  }

  void put(int number) {
    const auto image = static_cast<std::uint64_t>(number % 7);
    const auto outcome = bench_.catalog->put(
        testing::shop_row(std::to_string(number), fit::format("Dress {}", number), {image}));
    EXPECT_TRUE(outcome) << outcome.error().describe();
  }

  BackupLocations ours() {
    return {.database_url = "sqlite:///" + (bench_.folder() / "fit.db").string(),
            .images = our_images_,
            .folder = temp_.path() / "backup"};
  }
  BackupLocations elsewhere() {
    return {.database_url = "sqlite:///" + (temp_.path() / "new" / "fit.db").string(),
            .images = their_images_,
            .folder = temp_.path() / "backup"};
  }

  Result<BackupReport> back_up(const BackupLocations& place) {
    return catalog::back_up(place, {}, stop_.get_token());
  }
  Result<BackupReport> restore(const BackupLocations& place) {
    return restore_backup(place, {}, stop_.get_token());
  }

  std::vector<domain::ItemRecord> items_of(const BackupLocations& place) {
    auto store = store::open_catalogue(place.database_url);
    EXPECT_TRUE(store) << store.error().describe();
    return store ? *(*store)->items().list({}, 1000) : std::vector<domain::ItemRecord>{};
  }

  std::filesystem::path our_storage() const { return bench_.folder() / "storage"; }
  std::filesystem::path their_storage() const { return temp_.path() / "new"; }

  TempDir temp_;
  Bench bench_;
  blobs::LocalBlobs our_images_{our_storage() / "images"};
  blobs::LocalBlobs their_images_{their_storage() / "images"};
  std::stop_source stop_;
};

TEST_F(BackupTest, RestoresEverything) {
  const auto made = back_up(ours());
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->images, 7);
  put(100);  // stored after the backup
  const auto restored = restore(elsewhere());
  ASSERT_TRUE(restored) << restored.error().describe();
  EXPECT_EQ(restored->database.position, made->database.position);
  EXPECT_EQ(restored->made_at, made->made_at);

  const auto items = items_of(elsewhere());
  const auto all = bench_.items();
  ASSERT_EQ(items.size(), 30);
  ASSERT_EQ(all.size(), 31);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(items[i].id, all[i].id);
    EXPECT_EQ(items[i].listing.title, all[i].listing.title);
    const ImageFiles files = local_image_files(their_storage());
    EXPECT_TRUE(files.original(items[i].images.at(0).location, 1 << 20));
  }
  auto store = *store::open_catalogue(elsewhere().database_url);
  EXPECT_NE(store->id(), bench_.store->id())
      << "an index snapshot of the old one must not be taken for its own";
  EXPECT_EQ(*store->vectors().count((*store->spaces().list())[0].id), 30);
}

TEST_F(BackupTest, IsConsistentDuringWrites) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 1000; !done; ++i) put(i);
  });
  const auto made = back_up(ours());
  done = true;
  writer.join();
  ASSERT_TRUE(made) << made.error().describe();
  ASSERT_TRUE(restore(elsewhere()));
  const auto items = items_of(elsewhere());
  EXPECT_EQ(static_cast<std::int64_t>(items.size()), made->database.tables.at(0).rows);
  EXPECT_EQ(*(*store::open_catalogue(elsewhere().database_url))->changes().position(),
            made->database.position);
}

TEST_F(BackupTest, LeavesOutImagesThatAreStillBeingWritten) {
  const fs::path unfinished = our_storage() / "images" / "ab" / (std::string(64, 'a') + ".jpg.1.0.tmp");
  fs::create_directories(unfinished.parent_path());
  std::ofstream(unfinished) << "half";
  const auto made = back_up(ours());
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->images, 7);
  EXPECT_TRUE(restore(elsewhere())) << "it would be no picture of its name";
}

TEST_F(BackupTest, CopiesImagesInTheLayoutOfTheStore) {
  ASSERT_TRUE(back_up(ours()));
  const auto files_in = [](const fs::path& folder) {
    std::map<std::string, Bytes> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      files[entry.path().lexically_relative(folder).string()] = read_file(entry.path(), 1 << 30).value();
    }
    return files;
  };
  EXPECT_EQ(files_in(ours().folder / "images"), files_in(our_storage() / "images"));
}

TEST_F(BackupTest, RestoresOverWhatAnInterruptedRestoreLeft) {
  ASSERT_TRUE(back_up(ours()));
  const auto image = bench_.items().at(0).images.at(0);
  const std::string name = image.sha256 + ".jpg";
  const Bytes whole = our_images_.get(name, 1 << 20).value();
  testing::write_file(*their_images_.local_path(name), Bytes(whole.size()));
  ASSERT_TRUE(restore(elsewhere()));
  EXPECT_EQ(their_images_.get(name, 1 << 20).value(), whole) << "a file of zeros is no image";
}

TEST_F(BackupTest, NeverOverwrites) {
  ASSERT_TRUE(back_up(ours()));
  const auto again = back_up(ours());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  EXPECT_EQ(again.error().field, "folder");
  const auto over = restore(ours());
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::kConflict);
  EXPECT_EQ(over.error().field, "DATABASE_URL");
  EXPECT_EQ(bench_.items().size(), 30);
}

TEST_F(BackupTest, NamesTheDamagedFile) {
  ASSERT_TRUE(back_up(ours()));
  const fs::path database = ours().folder / "database" / "fit.db";
  Bytes content = *read_file(database, 1 << 30);
  content[content.size() / 2] ^= std::byte{1};
  testing::write_file(database, content);
  auto restored = restore(elsewhere());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kMalformed);
  EXPECT_NE(restored.error().message.find("fit.db is damaged"), std::string::npos);
  content[content.size() / 2] ^= std::byte{1};
  testing::write_file(database, content);

  for (const auto& entry : fs::recursive_directory_iterator(ours().folder / "images")) {
    if (!entry.is_regular_file()) continue;
    fs::resize_file(entry.path(), 100);
    break;
  }
  restored = restore(elsewhere());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(fs::exists(their_storage() / "fit.db"));
}

TEST_F(BackupTest, AnIncompleteBackupIsNotFound) {
  ASSERT_TRUE(back_up(ours()));
  fs::remove(ours().folder / "manifest.json");
  auto restored = restore(elsewhere());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kNotFound);
  testing::write_file(ours().folder / "manifest.json", std::string_view("{\"format\": 1}"));
  restored = restore(elsewhere());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kMalformed);
  testing::write_file(ours().folder / "manifest.json",
                      std::string_view(R"({"format": 1, "made_at": "2026-01-01T00:00:00Z", "database":
 {"engine": "sqlite", "store_id": "", "schema_version": 1, "position": 1, "tables": [],
  "files": [{"path": "../../fit.db", "sha256": "x"}]}, "pictures": {"count": 0, "bytes": 0}})"));
  restored = restore(elsewhere());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kMalformed);
}

TEST_F(BackupTest, AStoppedBackupLeavesNothing) {
  stop_.request_stop();
  const auto made = back_up(ours());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(fs::exists(ours().folder));
}

TEST_F(BackupTest, NeedsACatalogue) {
  const auto made = back_up(elsewhere());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(made.error().field, "DATABASE_URL");
  EXPECT_FALSE(fs::exists(their_storage() / "fit.db")) << "asking for a backup makes no catalogue";
}

}  // namespace
}  // namespace fit::catalog
