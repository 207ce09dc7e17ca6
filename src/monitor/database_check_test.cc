#include "monitor/database_check.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/temp_dir.h"
#include "store/test_support.h"

namespace fit::monitor {
namespace {

constexpr int kPageSize = 8192;  // the page size of the database file

// Overwrites the pages of the vectors, which are most of the file.
void damage(const std::filesystem::path& file) {
  const auto pages = static_cast<int>(std::filesystem::file_size(file) / kPageSize);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  for (int page = pages / 2; page < pages; ++page) {
    stream.seekp(static_cast<std::streamoff>(page) * kPageSize);
    stream << std::string(kPageSize, '\xA5');
  }
}

TEST(DatabaseCheck, ADamagedPageIsFoundInTheBackgroundAndMakesTheStoreUnusable) {
  const TempDir folder;
  const std::string url = store::testing::sqlite_url(folder);
  {
    const auto store = store::open_catalogue(url).value();
    const auto space = store->spaces().ensure({"clip", "m", "1", 64}).value();
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < 2000; ++i) items.push_back(store::testing::make_item(i, space));
    ASSERT_TRUE(store->items().upsert(items));
  }
  Metrics metrics;
  {
    const auto store = store::open_catalogue(url).value();
    DatabaseCheck check(*store, Log::silent(), metrics);
    check.start(std::chrono::hours(1));
    while (metrics.expose().contains("fit_database_checked_timestamp_seconds 0\n")) std::this_thread::yield();
    EXPECT_TRUE(store->check());
  }
  damage(folder.path() / "fit.db");
  const auto store = store::open_catalogue(url).value();
  ASSERT_TRUE(store->check()) << "nothing has read a damaged page yet";
  DatabaseCheck check(*store, Log::silent(), metrics);
  check.start(std::chrono::hours(1));
  while (store->check()) std::this_thread::yield();
  check.stop();
  EXPECT_EQ(store->check().error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(store->check().error().message.contains("table ")) << store->check().error().message;
  EXPECT_TRUE(metrics.expose().contains("fit_database_damaged 1"));
}

}  // namespace
}  // namespace fit::monitor
