#include "accounts/account_copy.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/test_database.h"
#include "accounts/test_records.h"

namespace fit::accounts {
namespace {

// The copy between engines is tested with the copy of a catalogue.
class AccountCopyTest : public ::testing::Test {
 protected:
  AccountCopyTest() : from_(testing::open_database(folder_)), to_(testing::open_database(other_folder_)) {}

  IssuedKey make_key(const std::string& name) {
    return Accounts(*from_).keys().create(testing::search_key(name), "user:1").value();
  }

  TempDir folder_;
  TempDir other_folder_;
  std::unique_ptr<sql::Database> from_;
  std::unique_ptr<sql::Database> to_;
};

TEST_F(AccountCopyTest, CopiesEverythingButSessions) {
  Accounts from(*from_);
  Accounts to(*to_);
  const IssuedKey removed = make_key("removed");
  const IssuedKey kept = make_key("kept");
  ASSERT_TRUE(from.keys().revoke(removed.key.id));
  ASSERT_TRUE(from.revoked_tokens().add(kept.key.id, "7f3a", now() + std::chrono::hours(1)));
  const User user = from.users().create(testing::ann()).value();
  AuditEntry entry{.id = 0,
                   .at = now(),
                   .principal = "user:1",
                   .address = "",
                   .action = "keys.create",
                   .target = "",
                   .outcome = "done",
                   .detail = "{}"};
  ASSERT_TRUE(from.audit().append({&entry, 1}));
  const std::int64_t version = to.version().value();

  const AccountCounts counts = copy_accounts(*from_, *to_).value();
  EXPECT_EQ(counts.keys, 2);
  EXPECT_EQ(counts.users, 1);
  EXPECT_GT(to.version().value(), version);
  const ApiKey copy = to.keys().get(kept.key.id).value();
  EXPECT_EQ(copy.options.name, "kept");
  EXPECT_EQ(copy.prefix, kept.key.prefix);
  EXPECT_EQ(copy.created_at, kept.key.created_at);
  EXPECT_FALSE(copy.revoked_at);
  EXPECT_TRUE(to.keys().get(removed.key.id).value().revoked_at);
  EXPECT_TRUE(to.keys().find_by_prefix(kept.key.prefix).value());
  EXPECT_TRUE(to.revoked_tokens().contains(kept.key.id, "7f3a").value());
  EXPECT_EQ(to.users().get(user.id).value().email, "ann@example.org");
  const auto entries = to.audit().list({}).value();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].action, "keys.create");
}

TEST_F(AccountCopyTest, ARepeatedCopyBringsTheChanges) {
  Accounts from(*from_);
  Accounts to(*to_);
  const IssuedKey first = make_key("first");
  ASSERT_TRUE(copy_accounts(*from_, *to_));
  const IssuedKey second = make_key("second");
  ASSERT_TRUE(from.keys().revoke(first.key.id));
  EXPECT_EQ(copy_accounts(*from_, *to_).value().keys, 2);
  EXPECT_TRUE(to.keys().get(first.key.id).value().revoked_at);
  EXPECT_EQ(to.keys().get(second.key.id).value().options.name, "second");
  const auto made = to.keys().create(second.key.options, "user:1");
  ASSERT_TRUE(made);
  EXPECT_GT(made->key.id, second.key.id) << "the copy counts on";
}

}  // namespace
}  // namespace fit::accounts
