#include "accounts/revoked_tokens.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

TEST(RevokedTokens, AreThoseOfOneKeyUntilTheyEnd) {
  const TempDir folder;
  const auto database = testing::open_database(folder);
  Accounts accounts(*database);
  const KeyOptions options{
      .name = "shop", .scopes = {Scope::kSearch}, .filters = {}, .rate_limit = {}, .expires_at = {}};
  const std::int64_t one = accounts.keys().create(options, "user:1").value().key.id;
  const std::int64_t other = accounts.keys().create(options, "user:1").value().key.id;
  RevokedTokens& tokens = accounts.revoked_tokens();
  const std::int64_t version = accounts.version().value();

  ASSERT_TRUE(tokens.add(one, "7f3a", now() + std::chrono::hours(1)));
  EXPECT_TRUE(tokens.contains(one, "7f3a").value());
  EXPECT_FALSE(tokens.contains(other, "7f3a").value());
  EXPECT_FALSE(tokens.contains(one, "7F3A").value());
  EXPECT_GT(accounts.version().value(), version);

  // An earlier end does not revive it; the next revocation removes what has ended.
  ASSERT_TRUE(tokens.add(one, "7f3a", now()));
  EXPECT_TRUE(tokens.contains(one, "7f3a").value());
  ASSERT_TRUE(tokens.add(one, "ended", now() - std::chrono::seconds(1)));
  ASSERT_TRUE(tokens.add(one, "other", now() + std::chrono::hours(1)));
  EXPECT_FALSE(tokens.contains(one, "ended").value());
  EXPECT_TRUE(tokens.contains(one, "7f3a").value());
  EXPECT_FALSE(tokens.add(999, "7f3a", now() + std::chrono::hours(1)));
}

}  // namespace
}  // namespace fit::accounts
