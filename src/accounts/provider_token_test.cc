#include "accounts/provider_token.h"

#include <gtest/gtest.h>

#include "accounts/test_provider.h"
#include "accounts/url_base64.h"

namespace fit::accounts {
namespace {

using testing::ProviderKey;
using testing::seconds_from_now;
using testing::valid_claims;

std::string token_issuer() {
  return "https://id.example/realms/shop";
}

// Keys are made once, because RSA keys take time.
const ProviderKey& rsa_key() {
  static const ProviderKey key("one", "RS256");
  return key;
}

TokenRules bearer_rules() {
  return {.issuer = token_issuer(), .audience = "fit"};
}

TokenRules id_token_rules() {
  return {.issuer = token_issuer(), .audience = "fit", .client_id = "fit", .nonce = "the-nonce"};
}

Result<ProviderClaims> read_claims(const Json& claims, const TokenRules& rules = id_token_rules()) {
  return read_provider_token(rsa_key().sign(claims), rsa_key().parsed(), rules, now());
}

// The field that a token with one claim changed is refused for; empty when it is taken. A null removes the
// claim.
std::string refused_for(const std::string& claim, const Json& value,
                        const TokenRules& rules = id_token_rules()) {
  Json claims = valid_claims(token_issuer());
  claims[claim] = value;
  if (value.is_null()) claims.erase(claim);
  const auto result = read_claims(claims, rules);
  if (result) return "";
  EXPECT_EQ(result.error().code, ErrorCode::kUnauthorized);
  return result.error().field;
}

TEST(ProviderToken, SaysWhoIsThere) {
  for (const std::string algorithm : {"RS256", "ES256"}) {
    const ProviderKey key("one", algorithm);
    const std::string token = key.sign(valid_claims(token_issuer() + "/"));
    EXPECT_TRUE(is_provider_token(token));
    EXPECT_EQ(head_of(token)->key_id, "one");
    const auto claims = read_provider_token(token, key.parsed(), id_token_rules(), now());
    ASSERT_TRUE(claims) << claims.error().describe();
    EXPECT_EQ(claims->issuer, token_issuer()) << "without the slash";
    EXPECT_EQ(claims->subject, "ann-1");
    EXPECT_EQ(claims->email, "Ann@Shop.example");
    EXPECT_TRUE(claims->is_email_verified);
    EXPECT_EQ(claims->groups, (std::vector<std::string>{"staff", "other"}));
  }
}

TEST(ProviderToken, IsRefusedForOtherSignatures) {
  const Json claims = valid_claims(token_issuer());
  const ProviderKey other("one", "RS256");
  const ProviderKey curve("one", "ES256");
  std::string damaged = rsa_key().sign(claims);
  damaged[damaged.size() - 20] = damaged[damaged.size() - 20] == 'A' ? 'B' : 'A';
  const std::string cut = damaged.substr(0, damaged.rfind('.') + 1);
  for (const std::string& token :
       {other.sign(claims), curve.sign(claims), damaged, cut, rsa_key().sign(claims, "RS384"),
        rsa_key().sign(claims, "HS256"), rsa_key().sign(claims, "none"), std::string("a.b.c"), std::string(),
        std::string(20'000, 'a')}) {
    const auto result = read_provider_token(token, rsa_key().parsed(), id_token_rules(), now());
    ASSERT_FALSE(result) << token;
    EXPECT_EQ(result.error().code, ErrorCode::kUnauthorized);
    EXPECT_EQ(result.error().field, "token");
  }
  EXPECT_FALSE(is_provider_token(rsa_key().sign(claims, "HS256")));
  EXPECT_FALSE(is_provider_token(rsa_key().sign(claims, "none")));
}

TEST(ProviderToken, IsRefusedForOtherClaims) {
  EXPECT_EQ(refused_for("sub", "ann-2"), "");
  EXPECT_EQ(refused_for("sub", nullptr), "sub");
  EXPECT_EQ(refused_for("sub", std::string(256, 'a')), "sub");
  EXPECT_EQ(refused_for("sub", "a\nb"), "sub");
  EXPECT_EQ(refused_for("sub", 7), "sub");
  EXPECT_EQ(refused_for("iss", "https://id.example/realms/other"), "iss");
  EXPECT_EQ(refused_for("iss", token_issuer() + "//"), "iss");
  EXPECT_EQ(refused_for("iss", nullptr), "iss");
  EXPECT_EQ(refused_for("aud", "other"), "aud");
  EXPECT_EQ(refused_for("aud", nullptr), "aud");
  EXPECT_EQ(refused_for("aud", Json::array({"other"})), "aud");
  EXPECT_EQ(refused_for("aud", Json::array({"fit"})), "");
  EXPECT_EQ(refused_for("aud", Json::array({"fit", "other"})), "azp") << "several audiences need azp";
  EXPECT_EQ(refused_for("azp", "fit"), "");
  EXPECT_EQ(refused_for("azp", "other"), "azp");
  EXPECT_EQ(refused_for("azp", "other", bearer_rules()), "") << "a bearer token comes from any client";
  EXPECT_EQ(refused_for("nonce", "another"), "nonce");
  EXPECT_EQ(refused_for("nonce", nullptr), "nonce");
  EXPECT_EQ(refused_for("nonce", nullptr, bearer_rules()), "");
}

TEST(ProviderToken, TakesClocksThatDifferByFiveMinutes) {
  EXPECT_EQ(refused_for("exp", seconds_from_now(-290)), "");
  EXPECT_EQ(refused_for("exp", seconds_from_now(-301)), "exp");
  EXPECT_EQ(refused_for("exp", nullptr), "exp");
  EXPECT_EQ(refused_for("exp", "soon"), "exp");
  EXPECT_EQ(refused_for("exp", 1e300), "exp");
  EXPECT_EQ(refused_for("iat", seconds_from_now(290)), "");
  EXPECT_EQ(refused_for("iat", seconds_from_now(310)), "iat");
  EXPECT_EQ(refused_for("iat", nullptr), "iat");
  EXPECT_EQ(refused_for("iat", nullptr, bearer_rules()), "");
  EXPECT_EQ(refused_for("nbf", seconds_from_now(290)), "");
  EXPECT_EQ(refused_for("nbf", seconds_from_now(310)), "nbf");
}

TEST(ProviderToken, ChecksTheAccessTokenThatCameWithIt) {
  TokenRules rules = id_token_rules();
  rules.access_token = "the-access-token";
  EXPECT_EQ(refused_for("at_hash", url_base64_of_hash("the-access-token", 16), rules), "");
  EXPECT_EQ(refused_for("at_hash", url_base64_of_hash("another", 16), rules), "at_hash");
  EXPECT_EQ(refused_for("at_hash", nullptr, rules), "");
}

TEST(ProviderToken, FindsGroupsByAPath) {
  TokenRules rules = id_token_rules();
  Json claims = valid_claims(token_issuer());
  claims["realm_access"] = {{"roles", {"admin", 7}}};
  claims["a.b"] = "whole";
  const auto groups = [&](const std::string& path) {
    rules.groups_claim = path;
    return read_claims(claims, rules).value().groups;
  };
  EXPECT_EQ(groups("realm_access.roles"), std::vector<std::string>{"admin"});
  EXPECT_EQ(groups("a.b"), std::vector<std::string>{"whole"});
  for (const char* path : {"", ".", "realm_access", "realm_access.", "groups.x", "none", "iss.x"}) {
    EXPECT_TRUE(groups(path).empty()) << path;
  }
}

TEST(ProviderToken, OnlyTrueVerifiesAnAddress) {
  const auto is_verified = [](const Json& value) {
    Json claims = valid_claims(token_issuer());
    claims["email_verified"] = value;
    return read_claims(claims).value().is_email_verified;
  };
  EXPECT_TRUE(is_verified(true));
  EXPECT_TRUE(is_verified("true"));
  for (const Json& value :
       {Json(false), Json("false"), Json(1), Json("yes"), Json(nullptr), Json::array({true})}) {
    EXPECT_FALSE(is_verified(value)) << value;
  }
}

}  // namespace
}  // namespace fit::accounts
