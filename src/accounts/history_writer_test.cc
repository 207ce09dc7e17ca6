#include "accounts/history_writer.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

class HistoryTest : public ::testing::Test {
 protected:
  SearchHistory& history() { return accounts_.history(); }
  HistoryEntry search(const char* query, Timestamp at = now()) const {
    return {.user_id = ann_.id, .tenant = "default", .at = at, .query = query};
  }
  Result<void> append(const HistoryEntry& entry) { return history().append(std::span(&entry, 1)); }
  std::vector<HistoryEntry> all() { return history().list(ann_.id, 0, 10'000).value(); }

  TempDir folder_;
  std::unique_ptr<sql::Database> database_ = testing::open_database(folder_);
  Accounts accounts_{*database_};
  User ann_ = accounts_.users().create({.email = "ann@shop.example"}).value();
};

TEST_F(HistoryTest, IsListedFromTheLatestOn) {
  for (const char* query : {R"({"text":"a"})", R"({"text":"b"})", R"({"text":"c"})"})
    ASSERT_TRUE(append(search(query)));
  const auto page = history().list(ann_.id, 0, 2).value();
  ASSERT_EQ(page.size(), 2);
  EXPECT_EQ(page[0].query, R"({"text":"c"})");
  const auto rest = history().list(ann_.id, page[1].id, 2).value();
  ASSERT_EQ(rest.size(), 1);
  EXPECT_EQ(rest[0].query, R"({"text":"a"})");
  EXPECT_TRUE(history().list(ann_.id + 1, 0, 2)->empty());
}

TEST_F(HistoryTest, OfUsersWhoKeepNoneOrAreGoneIsNotStored) {
  ASSERT_TRUE(accounts_.users().change(ann_.id, {.keeps_history = false}));
  ASSERT_TRUE(append(search("{}")));
  EXPECT_TRUE(all().empty());
  ASSERT_TRUE(accounts_.users().change(ann_.id, {.keeps_history = true}));
  const HistoryEntry stranger{.user_id = 999, .tenant = "default", .at = now(), .query = "{}"};
  const std::vector<HistoryEntry> both{stranger, search("{}")};
  ASSERT_TRUE(history().append(both));
  EXPECT_EQ(all().size(), 1) << "the others are stored";
}

TEST_F(HistoryTest, IsPrunedInSteps) {
  const Timestamp old = now() - std::chrono::days(91);
  const std::vector<HistoryEntry> entries(5, search("{}", old));
  ASSERT_TRUE(history().append(entries));
  ASSERT_TRUE(append(search(R"({"text":"new"})")));
  const Timestamp limit = now() - std::chrono::days(90);
  EXPECT_EQ(history().prune(limit, 3).value(), 3);
  EXPECT_EQ(history().prune(limit, 3).value(), 2);
  EXPECT_EQ(history().prune(limit, 3).value(), 0);
  EXPECT_EQ(all().size(), 1);
}

TEST_F(HistoryTest, KeepsTheLatestOfEachUser) {
  const std::vector<HistoryEntry> entries(SearchHistory::kMaxEntries, search("{}"));
  ASSERT_TRUE(history().append(entries));
  ASSERT_TRUE(append(search(R"({"text":"last"})")));
  const auto kept = all();
  EXPECT_EQ(kept.size(), SearchHistory::kMaxEntries);
  EXPECT_EQ(kept.front().query, R"({"text":"last"})");
}

TEST_F(HistoryTest, TheWriterStoresWhatWaitsAtItsEnd) {
  HistoryWriter writer(history(), std::chrono::days(90), Log::silent());
  writer.record(search("{}"));
  writer.record({.user_id = ann_.id, .tenant = "default", .query = "{}"});
  EXPECT_TRUE(all().empty());
  writer.stop();
  ASSERT_EQ(all().size(), 2);
  EXPECT_GT(all()[0].at, now() - std::chrono::hours(1));
}

TEST_F(HistoryTest, AClearedHistoryDoesNotComeBack) {
  HistoryWriter writer(history(), std::chrono::days(90), Log::silent());
  ASSERT_TRUE(append(search("{}")));
  writer.record(search("{}"));
  ASSERT_TRUE(writer.clear(ann_.id));
  writer.stop();
  EXPECT_TRUE(all().empty());
}

}  // namespace
}  // namespace fit::accounts
