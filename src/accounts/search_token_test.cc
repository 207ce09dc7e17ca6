#include "accounts/search_token.h"

#include <gtest/gtest.h>

#include <random>

#include "accounts/key_secret.h"

namespace fit::accounts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr hours kLifetime{24};

class SearchTokenTest : public ::testing::Test {
 protected:
  Result<TokenClaims> read(std::string_view token, Timestamp time) const {
    return read_token(token, hash_, time, kLifetime);
  }
  Result<TokenClaims> read(std::string_view token) const { return read(token, time_); }
  std::string sign(const TokenClaims& claims) const {
    return sign_token(claims, prefix_of(secret_), hash_).value();
  }
  std::string refusal_of(const Result<TokenClaims>& result) const {
    if (result) return "none";
    EXPECT_EQ(result.error().code, ErrorCode::kUnauthorized);
    EXPECT_FALSE(result.error().message.contains(hash_));
    return result.error().field;
  }

  const std::string secret_ = make_key_secret();
  const std::string hash_ = hash_of(secret_);
  const Timestamp time_ = std::chrono::floor<seconds>(now());
};

TEST_F(SearchTokenTest, ATokenIsReadAsItWasSigned) {
  const TokenClaims claims{.expires_at = time_ + hours(1),
                           .issued_at = time_,
                           .not_before = time_,
                           .id = "7f3a",
                           .filters = R"({"source":"shop"})",
                           .limit = 12,
                           .user_id = "Zoë \"Z\"",
                           .exclude_fields = {"price", "url"}};
  const std::string token = sign(claims);
  EXPECT_EQ(signer_of(token).value(), prefix_of(secret_));
  const auto result = read(token);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->expires_at, claims.expires_at);
  EXPECT_EQ(result->issued_at, claims.issued_at);
  EXPECT_EQ(result->not_before, claims.not_before);
  EXPECT_EQ(result->id, claims.id);
  EXPECT_EQ(result->filters, claims.filters);
  EXPECT_EQ(result->limit, claims.limit);
  EXPECT_EQ(result->user_id, claims.user_id);
  EXPECT_EQ(result->exclude_fields, claims.exclude_fields);
}

TEST_F(SearchTokenTest, AnotherKeyDoesNotOpenIt) {
  const std::string token = sign({.expires_at = time_ + hours(1)});
  EXPECT_EQ(refusal_of(read_token(token, hash_of("another"), time_, kLifetime)), "token");
  EXPECT_EQ(refusal_of(read_token(token, "", time_, kLifetime)), "token");
}

TEST_F(SearchTokenTest, NoByteOfATokenCanBeChanged) {
  const std::string token = sign({.expires_at = time_ + hours(1), .filters = R"({"source":"shop"})"});
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {  // the last digit has bits that base64 ignores
    if (token[i] == '.') continue;
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read(changed)) << i;
  }
}

TEST_F(SearchTokenTest, TimesAreCheckedWithTheSkewOfAClock) {
  const std::string hour = sign({.expires_at = time_ + hours(1)});
  EXPECT_TRUE(read(hour, time_ + hours(1) - seconds(1)));
  EXPECT_EQ(refusal_of(read(hour, time_ + hours(1))), "exp");
  EXPECT_TRUE(read(sign({.expires_at = time_ + kLifetime + minutes(5)})));
  EXPECT_EQ(refusal_of(read(sign({.expires_at = time_ + kLifetime + minutes(6)}))), "exp");
  for (const auto ahead : {minutes(5), minutes(6)}) {
    const std::string expected = ahead > kMaxClockSkew ? "refused" : "none";
    const auto issued = read(sign({.expires_at = time_ + hours(1), .issued_at = time_ + ahead}));
    const auto begins = read(sign({.expires_at = time_ + hours(1), .not_before = time_ + ahead}));
    EXPECT_EQ(refusal_of(issued), expected == "none" ? "none" : "iat");
    EXPECT_EQ(refusal_of(begins), expected == "none" ? "none" : "nbf");
  }
}

TEST_F(SearchTokenTest, RandomTextsAreRefused) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed)
  const std::string token = sign({.expires_at = time_ + hours(1), .user_id = "ann"});
  for (int round = 0; round < 3000; ++round) {
    std::string text = token;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, random() % 20);
      } else {
        text[at] = static_cast<char>(random() % 256);
      }
      if (text.empty()) text = ".";
    }
    if (text == token) continue;
    if (const auto signer = signer_of(text)) {
      EXPECT_EQ(signer->size(), kPrefixLength);
    }
    if (text.substr(0, text.size() - 1) != token.substr(0, token.size() - 1)) {
      EXPECT_FALSE(read(text));
    }
  }
}

TEST(SearchTokens, OnlySearchKeysSignThem) {
  EXPECT_TRUE(may_sign_tokens({Scope::kSearch}));
  EXPECT_TRUE(may_sign_tokens({Scope::kSearch, Scope::kItemsRead}));
  EXPECT_FALSE(may_sign_tokens({}));
  EXPECT_FALSE(may_sign_tokens({Scope::kItemsRead}));
  EXPECT_FALSE(may_sign_tokens({Scope::kSearch, Scope::kItemsWrite}));
  EXPECT_FALSE(may_sign_tokens(Scopes::all_of_keys()));
}

TEST(SearchTokens, TheTextsOfClaims) {
  std::string accents;
  for (int i = 0; i < 200; ++i) accents += "é";
  EXPECT_TRUE(check_token_text("jti", accents));
  EXPECT_FALSE(check_token_text("jti", accents + "e"));
  EXPECT_FALSE(check_token_text("jti", ""));
  EXPECT_FALSE(check_token_text("jti", "a\nb"));
  EXPECT_FALSE(check_token_text("jti", "\xFF"));
}

}  // namespace
}  // namespace fit::accounts
