#include "accounts/audit_log.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/audit_writer.h"
#include "accounts/test_database.h"
#include "base/json.h"

namespace fit::accounts {
namespace {

using std::chrono::days;

AuditEntry act(const std::string& action, const std::string& principal = "key:1") {
  return {.at = now(),
          .principal = principal,
          .address = "192.0.2.7",
          .action = action,
          .target = "item:7",
          .outcome = "done",
          .detail = R"({"status":200})"};
}

class AuditLogTest : public ::testing::Test {
 protected:
  std::vector<std::string> actions(const AuditQuery& query = {}) {
    std::vector<std::string> names;
    const auto listed = audit_.list(query);
    if (!listed) return {listed.error().describe()};
    for (const AuditEntry& entry : *listed) names.push_back(entry.action);
    return names;
  }

  TempDir folder_;
  std::unique_ptr<sql::Database> database_ = testing::open_database(folder_);
  Accounts accounts_{*database_};
  AuditLog& audit_ = accounts_.audit();
};

TEST_F(AuditLogTest, EntriesAreListedFromTheLatest) {
  const std::vector<AuditEntry> entries = {act("keys.create"), act("keys.delete", "user:2"),
                                           act("keysmith.create")};
  ASSERT_TRUE(audit_.append(entries));
  ASSERT_TRUE(audit_.append({}));
  EXPECT_EQ(actions(), (std::vector<std::string>{"keysmith.create", "keys.delete", "keys.create"}));
  const AuditEntry stored = audit_.list({.action = "keys.create", .principal = {}}).value().at(0);
  EXPECT_EQ(stored.at, std::chrono::time_point_cast<std::chrono::microseconds>(entries[0].at));
  EXPECT_EQ(stored.principal, "key:1");
  EXPECT_EQ(stored.address, "192.0.2.7");
  EXPECT_EQ(stored.target, "item:7");
  EXPECT_EQ(stored.outcome, "done");
  EXPECT_EQ(stored.detail, R"({"status":200})");
  EXPECT_EQ(actions({.action = "keys", .principal = {}}),
            (std::vector<std::string>{"keys.delete", "keys.create"}));
  EXPECT_EQ(actions({.action = "keys.%", .principal = {}}), std::vector<std::string>());
  EXPECT_EQ(actions({.action = {}, .principal = "user:2"}), std::vector<std::string>{"keys.delete"});
  EXPECT_EQ(actions({.action = {}, .principal = {}, .before = stored.id + 1}),
            std::vector<std::string>{"keys.create"});
  EXPECT_EQ(actions({.action = {}, .principal = {}, .before = 0, .limit = 1}),
            std::vector<std::string>{"keysmith.create"});
}

TEST_F(AuditLogTest, AnyTextIsStored) {
  AuditEntry entry = act("items.delete");
  entry.target = "item:\xFF\xFE" + std::string(1, '\0') + "é" + std::string(1000, 'x');
  entry.principal = "key:7/Zoë";
  entry.detail = R"({"name":")" + std::string(5000, 'x') + R"("})";
  ASSERT_TRUE(audit_.append({&entry, 1}));
  const AuditEntry stored = audit_.list({}).value().at(0);
  EXPECT_EQ(stored.target.substr(0, 12), "item:?????xx");
  EXPECT_EQ(stored.target.size(), 500);
  EXPECT_EQ(stored.principal, "key:7/Zoë");
  EXPECT_TRUE(parse_json("detail", stored.detail));
}

TEST_F(AuditLogTest, OldEntriesAreRemoved) {
  AuditEntry old = act("items.delete");
  old.at = now() - days(10);
  ASSERT_TRUE(audit_.append(std::vector{old, act("keys.create")}));
  EXPECT_EQ(audit_.prune(now() - days(9)).value(), 1);
  EXPECT_EQ(actions(), std::vector<std::string>{"keys.create"});
}

TEST_F(AuditLogTest, TheWriterStoresWhatWasRecordedAndPrunes) {
  AuditEntry old = act("items.delete");
  old.at = now() - days(10);
  ASSERT_TRUE(audit_.append({&old, 1}));
  AuditWriter writer(audit_, days(9), Log::silent());
  writer.start();
  for (int i = 0; i < 100; ++i) {
    AuditEntry entry = act("keys.create");
    entry.at = {};
    writer.record(std::move(entry));
  }
  writer.stop();
  const auto listed = audit_.list({.action = {}, .principal = {}, .before = 0, .limit = 1000}).value();
  EXPECT_EQ(listed.size(), 100);
  EXPECT_LT(now() - listed.front().at, days(1));
}

}  // namespace
}  // namespace fit::accounts
