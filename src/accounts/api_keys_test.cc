#include "accounts/api_keys.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "accounts/key_secret.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class ApiKeysTest : public ::testing::Test {
 protected:
  static KeyOptions options(const std::string& name = "shop") {
    return {.name = name,
            .scopes = {Scope::kSearch, Scope::kItemsRead},
            .filters = {},
            .rate_limit = {},
            .expires_at = {}};
  }
  IssuedKey make(const KeyOptions& wanted) {
    auto made = keys_.create(wanted, "user:1");
    EXPECT_TRUE(made) << made.error().describe();
    return made ? *std::move(made) : IssuedKey{};
  }
  std::optional<FoundKey> find(const std::string& secret) {
    return keys_.find_by_hash(hash_of(secret)).value();
  }
  bool is_valid(const std::string& secret, Timestamp time = now()) {
    const auto found = find(secret);
    return found && found->is_valid_at(time);
  }

  TempDir folder_;
  std::unique_ptr<sql::Database> database_ = testing::open_database(folder_);
  Accounts accounts_{*database_};
  ApiKeys& keys_ = accounts_.keys();
};

TEST_F(ApiKeysTest, AKeyIsFoundByItsSecretOnly) {
  KeyOptions wanted = options("a shop");
  wanted.filters = R"({"source":"shop"})";
  wanted.rate_limit = "5/second";
  wanted.expires_at = std::chrono::time_point_cast<std::chrono::microseconds>(now() + hours(1));
  const IssuedKey made = make(wanted);
  EXPECT_TRUE(is_key_secret(made.secret));
  EXPECT_EQ(made.key.prefix, prefix_of(made.secret));

  const auto found = find(made.secret);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key.id, made.key.id);
  EXPECT_EQ(found->key.options.name, "a shop");
  EXPECT_EQ(found->key.options.tenant, "default");
  EXPECT_EQ(found->key.options.scopes, wanted.scopes);
  EXPECT_EQ(found->key.options.filters, wanted.filters);
  EXPECT_EQ(found->key.options.rate_limit, "5/second");
  EXPECT_EQ(found->key.options.expires_at, wanted.expires_at);
  EXPECT_EQ(found->key.created_by, "user:1");
  EXPECT_EQ(keys_.find_by_prefix(made.key.prefix).value()->key.id, made.key.id);

  EXPECT_FALSE(find(make_key_secret()));
  EXPECT_FALSE(keys_.find_by_prefix("fit_00000000").value());
  EXPECT_FALSE(keys_.find_by_hash("' OR 1=1 --").value());
}

TEST_F(ApiKeysTest, AKeyEndsAtItsTime) {
  KeyOptions wanted = options();
  wanted.expires_at = now() + hours(1);
  const std::string secret = make(wanted).secret;
  EXPECT_TRUE(is_valid(secret));
  EXPECT_FALSE(is_valid(secret, now() + hours(2)));
}

TEST_F(ApiKeysTest, ARevokedKeyStaysInTheList) {
  const IssuedKey first = make(options("first"));
  const IssuedKey second = make(options("second"));
  ASSERT_TRUE(keys_.revoke(first.key.id));
  EXPECT_FALSE(is_valid(first.secret));
  EXPECT_TRUE(is_valid(second.secret));
  const Timestamp revoked_at = keys_.get(first.key.id)->revoked_at.value();
  EXPECT_EQ(keys_.revoke(first.key.id)->revoked_at, revoked_at) << "a second revocation changes nothing";
  const auto all = keys_.list().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].options.name, "first");
  EXPECT_TRUE(all[0].revoked_at);
  EXPECT_FALSE(all[1].revoked_at);
}

TEST_F(ApiKeysTest, BothSecretsWorkWhileAKeyIsRotated) {
  const IssuedKey made = make(options());
  const auto rotated = keys_.rotate(made.key.id, hours(1)).value();
  EXPECT_EQ(rotated.key.id, made.key.id);
  EXPECT_NE(rotated.secret, made.secret);
  EXPECT_EQ(rotated.key.prefix, prefix_of(rotated.secret));
  EXPECT_TRUE(is_valid(made.secret));
  EXPECT_TRUE(is_valid(rotated.secret));
  EXPECT_FALSE(is_valid(made.secret, now() + hours(2)));
  EXPECT_TRUE(is_valid(rotated.secret, now() + hours(2)));
  ASSERT_EQ(keys_.list().value().size(), 1U);

  const auto again = keys_.rotate(made.key.id, seconds(0)).value();
  EXPECT_FALSE(is_valid(rotated.secret));
  EXPECT_FALSE(is_valid(made.secret)) << "no overlap ends all other secrets";
  EXPECT_TRUE(is_valid(again.secret));
}

TEST_F(ApiKeysTest, ARevokedKeyIsNotRotated) {
  const IssuedKey made = make(options());
  ASSERT_TRUE(keys_.revoke(made.key.id));
  EXPECT_EQ(keys_.rotate(made.key.id, hours(1)).error().code, ErrorCode::kConflict);
}

TEST_F(ApiKeysTest, UnknownKeysAreNotFound) {
  EXPECT_EQ(keys_.get(7).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(keys_.revoke(7).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(keys_.rotate(7, seconds(1)).error().code, ErrorCode::kNotFound);
}

TEST_F(ApiKeysTest, WrongOptionsAreNamed) {
  const auto field_of = [this](const KeyOptions& wanted) {
    const auto made = keys_.create(wanted, "");
    return made ? "none" : made.error().field;
  };
  EXPECT_EQ(field_of(options("  ")), "name");
  EXPECT_EQ(field_of(options(std::string(401, 'a'))), "name");
  EXPECT_EQ(field_of(options("\xff")), "name");
  KeyOptions wanted = options();
  wanted.scopes = {};
  EXPECT_EQ(field_of(wanted), "scopes");
  wanted = options();
  wanted.filters = R"({"brand":"acme"})";
  EXPECT_EQ(field_of(wanted), "none");
  wanted.scopes = {Scope::kSearch, Scope::kItemsWrite};
  EXPECT_EQ(field_of(wanted), "scopes") << "a key that sees a part may not change the whole";
  wanted = options();
  wanted.rate_limit = "often";
  EXPECT_EQ(field_of(wanted), "rate_limit");
  wanted = options();
  wanted.expires_at = now() - seconds(1);
  EXPECT_EQ(field_of(wanted), "expires_at");
  EXPECT_EQ(keys_.list().value().size(), 1U);
}

TEST_F(ApiKeysTest, TheLastUseIsStored) {
  const IssuedKey made = make(options());
  EXPECT_FALSE(made.key.last_used_at);
  const Timestamp time = now();
  const std::array<ApiKeys::Use, 2> uses = {{{made.key.id, time}, {made.key.id, time - seconds(9)}}};
  ASSERT_TRUE(keys_.note_uses(uses));
  EXPECT_EQ(keys_.get(made.key.id)->last_used_at, time);
}

TEST_F(ApiKeysTest, ChangesOfRightsAreCounted) {
  std::int64_t version = accounts_.version().value();
  const auto has_grown = [&] {
    return accounts_.version().value() > std::exchange(version, accounts_.version().value());
  };
  const IssuedKey made = make(options());
  EXPECT_TRUE(has_grown());
  ASSERT_TRUE(keys_.rotate(made.key.id, hours(1)));
  EXPECT_TRUE(has_grown());
  ASSERT_TRUE(keys_.revoke(made.key.id));
  EXPECT_TRUE(has_grown());
  const std::array<ApiKeys::Use, 1> uses = {{{made.key.id, now()}}};
  ASSERT_TRUE(keys_.note_uses(uses));
  EXPECT_FALSE(has_grown()) << "a use changes no rights";
}

}  // namespace
}  // namespace fit::accounts
