#include "accounts/sign_in.h"

#include <gtest/gtest.h>

#include <thread>

#include "accounts/accounts.h"
#include "accounts/key_secret.h"
#include "accounts/test_database.h"

namespace fit::accounts {
namespace {

using Answer = SignIn::Answer;

class SignInTest : public ::testing::Test {
 protected:
  SignInTest() {
    ada = accounts.users().create({.email = "ada@x.example", .name = "Ada", .role = Role::kOwner}).value();
    const auto link = accounts.make_link(ada).value();
    EXPECT_EQ(link.purpose, LinkPurpose::kInvitation);
    ada = sign_in.use_link({.token = link.token, .password = "correct horse"}).value();
  }

  SignIn::Outcome attempt(const std::string& email, const std::string& password, const std::string& code = "",
                          const std::string& address = "192.0.2.7") {
    return sign_in
        .sign_in({.email = email, .password = password, .code = code, .client = {.address = address}})
        .value();
  }

  TempDir folder;
  std::unique_ptr<sql::Database> database = testing::open_database(folder);
  Accounts accounts{*database};
  SignIn sign_in{accounts, {.memory_bytes = 8 << 20, .passes = 1}};
  User ada;
};

TEST_F(SignInTest, BeginsASession) {
  const auto outcome = attempt(" ADA@x.example", "correct horse");
  ASSERT_EQ(outcome.answer, Answer::kWelcome);
  EXPECT_EQ(accounts.sessions().find(hash_of(outcome.session->token)).value()->user.id, ada.id);
  EXPECT_NE(attempt("ada@x.example", "correct horse").session->token, outcome.session->token);
}

TEST_F(SignInTest, AccountsThatMayNotSignInCostTheSameWork) {
  accounts.users().create({.email = "invited@x.example"}).value();
  const User off = accounts.users().create({.email = "off@x.example"}).value();
  sign_in.use_link({.token = accounts.make_link(off).value().token, .password = "correct horse"}).value();
  EXPECT_TRUE(accounts.users().change(off.id, {.is_disabled = true}));
  for (const char* email : {"ada@x.example", "nobody@x.example", "invited@x.example", "off@x.example", ""}) {
    const std::uint64_t before = sign_in.hasher().computed();
    const std::string password = std::string(email) == "ada@x.example" ? "wrong horse" : "correct horse";
    EXPECT_EQ(attempt(email, password).answer, Answer::kWrong) << email;
    EXPECT_EQ(sign_in.hasher().computed(), before + 1) << email;
  }
  EXPECT_EQ(attempt("invited@x.example", "").answer, Answer::kWrong);
}

TEST_F(SignInTest, FailuresOfAnAccountCostTimeAndNoWork) {
  for (const char* email : {"ada@x.example", "nobody@x.example"}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(attempt(email, "wrong", "", "192.0.2." + std::to_string(i)).answer, Answer::kWrong);
    const std::uint64_t before = sign_in.hasher().computed();
    const auto refused = attempt(email, "correct horse", "", "192.0.2.99");
    EXPECT_EQ(refused.answer, Answer::kTooMany);
    EXPECT_GT(refused.retry_after.count(), 0);
    EXPECT_EQ(sign_in.hasher().computed(), before);
  }
}

TEST_F(SignInTest, FailuresOfAnAddressCostTime) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(
        attempt("nobody" + std::to_string(i) + "@x.example", "wrong", "", "2001:db8::" + std::to_string(i))
            .answer,
        Answer::kWrong);
  }
  EXPECT_EQ(attempt("ada@x.example", "correct horse", "", "2001:db8::99").answer, Answer::kTooMany);
  EXPECT_EQ(attempt("ada@x.example", "correct horse", "", "2001:db8:0:1::1").answer, Answer::kWelcome);
}

TEST_F(SignInTest, AttemptsAtTheSameTimeDoNotExceedTheLimit) {
  std::atomic<int> looked_at = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back(
          [&] { looked_at += attempt("ada@x.example", "wrong").answer == Answer::kWrong ? 1 : 0; });
    }
  }
  EXPECT_EQ(looked_at, 5);
}

TEST_F(SignInTest, AHashWithOtherParametersIsReplaced) {
  SignIn stronger(accounts, {.memory_bytes = 8 << 20, .passes = 2});
  const SignIn::Attempt right{
      .email = "ada@x.example", .password = "correct horse", .code = {}, .client = {}};
  EXPECT_EQ(stronger.sign_in(right).value().answer, Answer::kWelcome);
  EXPECT_TRUE(accounts.users().secrets(ada.id).value().password_hash.contains("t=2"));
  EXPECT_EQ(stronger.sign_in(right).value().answer, Answer::kWelcome);
}

TEST_F(SignInTest, OneTimeCodesAreAskedForOnceConfirmed) {
  const std::string secret = sign_in.begin_totp(ada.id).value();
  EXPECT_EQ(attempt("ada@x.example", "correct horse").answer, Answer::kWelcome) << "not confirmed yet";
  EXPECT_EQ(sign_in.confirm_totp(ada.id, "000", 0).error().field, "code");
  const std::vector<std::string> hashes = {hash_of("abcdabcdabcdabcd")};
  EXPECT_TRUE(accounts.users().set_totp(ada.id, secret, hashes, 0));
  EXPECT_EQ(sign_in.begin_totp(ada.id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(attempt("ada@x.example", "correct horse").answer, Answer::kCodeRequired);
  EXPECT_EQ(attempt("ada@x.example", "wrong horse").answer, Answer::kWrong);
  EXPECT_EQ(attempt("ada@x.example", "correct horse", "12").answer, Answer::kWrong);
  EXPECT_EQ(attempt("ada@x.example", "correct horse", "ABCD-abcd-abcd-abcd").answer, Answer::kWelcome);
  EXPECT_EQ(attempt("ada@x.example", "correct horse", "abcd-abcd-abcd-abcd").answer, Answer::kWrong)
      << "used";
}

TEST_F(SignInTest, LinksWorkOnce) {
  const auto session = attempt("ada@x.example", "correct horse").session;
  const std::string token = sign_in.begin_reset("Ada@x.example", {}).value().value();
  EXPECT_EQ(sign_in.use_link({.token = token, .password = "short"}).error().field, "password");
  EXPECT_EQ(sign_in.use_link({.token = token, .password = "battery staple", .name = "a\nb"}).error().field,
            "name");
  EXPECT_EQ(sign_in.use_link({.token = token, .password = "battery staple", .name = " Ada B. "}).value().name,
            "Ada B.");
  EXPECT_FALSE(accounts.sessions().find(hash_of(session->token)).value());
  EXPECT_EQ(sign_in.use_link({.token = token, .password = "battery staple"}).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(attempt("ada@x.example", "correct horse").answer, Answer::kWrong);
  EXPECT_EQ(attempt("ada@x.example", "battery staple").answer, Answer::kWelcome);
  EXPECT_EQ(sign_in.begin_reset("nobody@x.example", {}).value(), std::nullopt);
}

TEST_F(SignInTest, ALaterLinkReplacesAnEarlierOne) {
  const std::string first = sign_in.begin_reset("ada@x.example", {}).value().value();
  const std::string second = sign_in.begin_reset("ada@x.example", {}).value().value();
  EXPECT_EQ(sign_in.use_link({.token = first, .password = "battery staple"}).error().code,
            ErrorCode::kNotFound);
  EXPECT_TRUE(sign_in.use_link({.token = second, .password = "battery staple"}));
}

TEST_F(SignInTest, TheSetUpLinkMakesTheFirstOwnerOnly) {
  const std::string late = accounts.links().create(LinkPurpose::kSetUp, std::nullopt).value();
  EXPECT_EQ(
      sign_in.use_link({.token = late, .password = "battery staple", .email = "eve@x.example"}).error().code,
      ErrorCode::kNotFound);
  const TempDir other;
  const auto empty = testing::open_database(other);
  Accounts fresh(*empty);
  SignIn first(fresh, {.memory_bytes = 8 << 20, .passes = 1});
  const std::string token = fresh.links().create(LinkPurpose::kSetUp, std::nullopt).value();
  EXPECT_EQ(first.use_link({.token = token, .password = "battery staple"}).error().field, "email");
  const User owner =
      first.use_link({.token = token, .password = "battery staple", .email = "Eve@x.example", .name = "Eve"})
          .value();
  EXPECT_EQ(owner.role, Role::kOwner);
  EXPECT_EQ(owner.email, "eve@x.example");
  EXPECT_TRUE(owner.has_password);
  EXPECT_FALSE(fresh.links().find(token).value());
}

}  // namespace
}  // namespace fit::accounts
