#include "accounts/oidc_provider.h"

#include <gtest/gtest.h>

#include <atomic>

#include "accounts/test_provider.h"

namespace fit::accounts {
namespace {

using net::TestServer;
using testing::ProviderKey;

// A provider on loopback whose responses a test may change.
class OidcProviderTest : public ::testing::Test {
 protected:
  void answer(const TestServer::Request& request, TestServer::Connection& connection) {
    if (is_silent_) return connection.hang();
    if (is_down_) {
      connection.send(TestServer::answer(503, ""));
    } else if (request.target == "/.well-known/openid-configuration") {
      connection.send(TestServer::answer(200, dump_json(description_)));
    } else if (request.target == "/keys") {
      connection.send(TestServer::answer(200, keys_));
    } else {
      connection.send(TestServer::answer(token_status_, token_body_));
    }
  }

  std::size_t requests_of(const std::string& target) const {
    std::size_t count = 0;
    for (const auto& request : server_.requests()) count += request.target == target ? 1 : 0;
    return count;
  }

  // What a bearer token with the claims comes to: the subject, or the code of the error.
  std::string bearer(const std::string& token) {
    const auto claims = provider_.read_bearer(token);
    return claims ? claims->subject : std::string(to_string(claims.error().code));
  }

  std::atomic<bool> is_silent_ = false;
  std::atomic<bool> is_down_ = false;
  TestServer server_{[this](const auto& request, auto& connection) { answer(request, connection); }};
  const std::string issuer_ = server_.url("");
  Json description_{{"issuer", issuer_ + "/"},
                    {"authorization_endpoint", issuer_ + "/authorize?tenant=1"},
                    {"token_endpoint", issuer_ + "/token"},
                    {"jwks_uri", issuer_ + "/keys"}};
  ProviderKey key_{"one", "ES256"};
  std::string keys_ = testing::key_set({&key_});
  int token_status_ = 200;
  std::string token_body_;
  net::HttpClient http_{{.allow_private_addresses = true}};
  OidcProvider::Options options_{.issuer = issuer_,
                                 .client_id = "fit",
                                 .client_secret = "s:cret",
                                 .time_limit = std::chrono::milliseconds(2000)};
  OidcProvider provider_{http_, options_, Log::silent()};
  const OidcProvider::Authorization authorization_{.redirect_url = "https://fit.example/back",
                                                   .state = "the-state",
                                                   .nonce = "the-nonce",
                                                   .verifier = "the-verifier"};
};

TEST_F(OidcProviderTest, SendsPeopleToItsSignInPage) {
  const std::string url = provider_.authorization_url(authorization_).value();
  EXPECT_EQ(url.find(issuer_ + "/authorize?tenant=1&response_type=code&client_id=fit&redirect_uri="), 0)
      << url;
  for (const char* part :
       {"&redirect_uri=https%3A%2F%2Ffit.example%2Fback&", "&scope=openid%20email%20profile&",
        "&state=the-state&", "&nonce=the-nonce&", "&code_challenge_method=S256"}) {
    EXPECT_NE(url.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(url.find("the-verifier"), std::string::npos) << "only its hash is sent";
  ASSERT_TRUE(provider_.authorization_url(authorization_));
  EXPECT_EQ(requests_of("/.well-known/openid-configuration"), 1) << "the description is kept";
}

TEST_F(OidcProviderTest, ExchangesTheCode) {
  token_body_ = dump_json({{"id_token", key_.sign(testing::valid_claims(issuer_))}, {"access_token", "x"}});
  const auto claims = provider_.redeem(authorization_, "the code");
  ASSERT_TRUE(claims) << claims.error().describe();
  EXPECT_EQ(claims->subject, "ann-1");
  const auto requests = server_.requests();
  const auto& sent = requests[1];
  EXPECT_EQ(sent.target, "/token");
  EXPECT_EQ(sent.headers.at("authorization"), "Basic Zml0OnMlM0FjcmV0") << "fit:s%3Acret";
  EXPECT_EQ(sent.body,
            "grant_type=authorization_code&code=the%20code&redirect_uri=https%3A%2F%2Ffit.example%2Fback&"
            "client_id=fit&code_verifier=the-verifier");
  token_status_ = 400;
  EXPECT_EQ(provider_.redeem(authorization_, "the code").error().code, ErrorCode::kUnauthorized);
}

TEST_F(OidcProviderTest, SendsTheSecretInTheBodyWhereThatIsAsked) {
  description_["token_endpoint_auth_methods_supported"] = {"client_secret_post"};
  token_body_ = dump_json({{"id_token", key_.sign(testing::valid_claims(issuer_))}});
  ASSERT_TRUE(provider_.redeem(authorization_, "c"));
  const auto requests = server_.requests();
  EXPECT_FALSE(requests[1].headers.contains("authorization"));
  EXPECT_TRUE(requests[1].body.ends_with("&client_secret=s%3Acret"));
}

TEST_F(OidcProviderTest, WrongResponsesAreItsFault) {
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string(R"({"id_token":7})"), std::string(2 << 20, ' ')}) {
    token_body_ = body;
    EXPECT_EQ(provider_.redeem(authorization_, "c").error().code, ErrorCode::kUnavailable);
  }
  token_body_ = dump_json({{"id_token", "no.token.here"}});
  EXPECT_EQ(provider_.redeem(authorization_, "c").error().code, ErrorCode::kUnauthorized);
}

TEST_F(OidcProviderTest, ADescriptionOfAnotherIssuerIsRefused) {
  const Json right = description_;
  const auto refused = [&](const char* member, const Json& value) {
    description_ = right;
    description_[member] = value;
    OidcProvider provider(http_, options_, Log::silent());
    const auto url = provider.authorization_url(authorization_);
    return !url && url.error().code == ErrorCode::kUnavailable;
  };
  EXPECT_TRUE(refused("issuer", "https://evil.example"));
  EXPECT_TRUE(refused("issuer", issuer_ + "//"));
  EXPECT_TRUE(refused("issuer", nullptr));
  EXPECT_TRUE(refused("authorization_endpoint", "javascript:alert(1)"));
  EXPECT_TRUE(refused("authorization_endpoint", "https://id.example/a b"));
  EXPECT_TRUE(refused("token_endpoint", "file:///etc/passwd"));
  EXPECT_TRUE(refused("jwks_uri", 7));
  EXPECT_FALSE(refused("issuer", issuer_)) << "with the slash and without it";
}

TEST_F(OidcProviderTest, KeysAreFetchedAgainForAnUnknownOneOnceAMinute) {
  const Json claims = testing::valid_claims(issuer_);
  EXPECT_EQ(bearer(key_.sign(claims)), "ann-1");
  EXPECT_EQ(bearer(key_.sign(claims)), "ann-1");
  EXPECT_EQ(requests_of("/keys"), 1);
  const ProviderKey second("two", "ES256");
  keys_ = testing::key_set({&key_, &second});
  EXPECT_EQ(bearer(second.sign(claims)), "ann-1") << "rotated";
  EXPECT_EQ(requests_of("/keys"), 2);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(bearer(ProviderKey("unknown" + std::to_string(i), "ES256").sign(claims)), "unauthorized");
  }
  EXPECT_EQ(requests_of("/keys"), 2);
  EXPECT_EQ(bearer(key_.sign(claims)), "ann-1");
}

TEST_F(OidcProviderTest, BearerTokensHaveTheAudienceOfTheApi) {
  Json claims = testing::valid_claims(issuer_);
  options_.audience = "https://api.shop.example";
  OidcProvider provider(http_, options_, Log::silent());
  EXPECT_EQ(provider.read_bearer(key_.sign(claims)).error().field, "aud");
  claims["aud"] = options_.audience;
  EXPECT_TRUE(provider.read_bearer(key_.sign(claims)));
}

TEST_F(OidcProviderTest, WhileItIsAwayItsKeysAreUsedAndItIsNotAskedAgainAtOnce) {
  is_down_ = true;
  EXPECT_EQ(bearer(key_.sign(testing::valid_claims(issuer_))), "unavailable");
  EXPECT_EQ(bearer(key_.sign(testing::valid_claims(issuer_))), "unavailable");
  EXPECT_EQ(requests_of("/.well-known/openid-configuration"), 1);
  is_down_ = false;
  OidcProvider provider(http_, options_, Log::silent());
  ASSERT_TRUE(provider.read_bearer(key_.sign(testing::valid_claims(issuer_))));
  is_down_ = true;
  EXPECT_TRUE(provider.read_bearer(key_.sign(testing::valid_claims(issuer_))));
  EXPECT_EQ(
      provider.read_bearer(ProviderKey("new", "ES256").sign(testing::valid_claims(issuer_))).error().code,
      ErrorCode::kUnavailable);
}

TEST_F(OidcProviderTest, ASilentOneIsGivenUp) {
  is_silent_ = true;
  options_.time_limit = std::chrono::milliseconds(200);
  OidcProvider provider(http_, options_, Log::silent());
  EXPECT_EQ(provider.authorization_url(authorization_).error().code, ErrorCode::kUnavailable);
}

TEST(OidcSettings, MistakesNameTheSetting) {
  const auto field = [](const std::string& issuer, const std::string& client) {
    const auto checked = OidcProvider::check({.issuer = issuer, .client_id = client});
    return checked ? "" : checked.error().field;
  };
  EXPECT_EQ(field("https://id.example/realms/shop/", "fit"), "");
  EXPECT_EQ(field("http://127.0.0.1:9000", "fit"), "");
  EXPECT_EQ(field("https://id.example", ""), "OIDC_CLIENT_ID");
  for (const char* issuer : {"id.example", "ftp://id.example", "https://id.example?x=1",
                             "https://id.example#x", "https://id example"}) {
    EXPECT_EQ(field(issuer, "fit"), "OIDC_ISSUER") << issuer;
  }
}

}  // namespace
}  // namespace fit::accounts
