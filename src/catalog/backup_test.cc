#include "catalog/backup.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/files.h"
#include "base/format.h"
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

  BackupPlace ours() const {
    return {.database_url = "sqlite:///" + (bench_.folder() / "fit.db").string(),
            .storage_path = bench_.folder() / "storage",
            .folder = temp_.path() / "backup"};
  }
  BackupPlace elsewhere() const {
    return {.database_url = "sqlite:///" + (temp_.path() / "new" / "fit.db").string(),
            .storage_path = temp_.path() / "new",
            .folder = temp_.path() / "backup"};
  }

  Result<BackupReport> back_up(const BackupPlace& place) {
    return catalog::back_up(place, {}, stop_.get_token());
  }
  Result<BackupReport> restore(const BackupPlace& place) {
    return restore_backup(place, {}, stop_.get_token());
  }

  std::vector<domain::ItemRecord> items_of(const BackupPlace& place) {
    auto store = store::open_catalogue(place.database_url);
    EXPECT_TRUE(store) << store.error().describe();
    return store ? *(*store)->items().list({}, 1000) : std::vector<domain::ItemRecord>{};
  }

  TempDir temp_;
  Bench bench_;
  std::stop_source stop_;
};

TEST_F(BackupTest, RestoresEverything) {
  const auto made = back_up(ours());
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->images, 7);
  put(100);  // after the backup
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
    const ImageFiles files = local_image_files(elsewhere().storage_path);
    EXPECT_TRUE(files.original(items[i].images.at(0).location, 1 << 20));
  }
  auto store = *store::open_catalogue(elsewhere().database_url);
  EXPECT_NE(store->id(), bench_.store->id())
      << "an index snapshot of the old one must not be taken for its own";
  EXPECT_EQ(*store->vectors().count((*store->spaces().list())[0].id), 30);
}

TEST_F(BackupTest, ShowsOneMomentBesideWrites) {
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
  const fs::path unfinished = ours().storage_path / "images" / "ab" / (std::string(64, 'a') + ".jpg.1.0.tmp");
  fs::create_directories(unfinished.parent_path());
  std::ofstream(unfinished) << "half";
  const auto made = back_up(ours());
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->images, 7);
  EXPECT_TRUE(restore(elsewhere())) << "it would be no picture of its name";
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

TEST_F(BackupTest, TellsWhatIsDamaged) {
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
  EXPECT_FALSE(fs::exists(elsewhere().storage_path / "fit.db"));
}

TEST_F(BackupTest, AnIncompleteOneIsNone) {
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

TEST_F(BackupTest, StopsWithoutATrace) {
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
  EXPECT_FALSE(fs::exists(elsewhere().storage_path / "fit.db")) << "asking for a backup makes no catalogue";
}

}  // namespace
}  // namespace fit::catalog
