#include "accounts/web_keys.h"

#include <gtest/gtest.h>

#include "accounts/test_provider.h"

namespace fit::accounts {
namespace {

using testing::ProviderKey;

TEST(WebKeys, AreReadAsKeysOfTheirAlgorithm) {
  const ProviderKey rsa("one", "RS256");
  const ProviderKey curve("two", "ES256");
  const auto keys = parse_web_keys(testing::key_set({&rsa, &curve})).value();
  ASSERT_EQ(keys.size(), 2);
  EXPECT_EQ(keys[0].id, "one");
  EXPECT_EQ(keys[0].algorithm, "RS256");
  EXPECT_EQ(keys[0].pem, rsa.public_pem());
  EXPECT_EQ(keys[1].algorithm, "ES256");
  EXPECT_EQ(keys[1].pem, curve.public_pem());
}

TEST(WebKeys, OfOtherKindsAndDamagedOnesAreLeftOut) {
  const ProviderKey rsa("one", "RS256");
  const ProviderKey curve("two", "ES256");
  const ProviderKey weak("weak", "RS256", 1024);
  Json list = Json::array({weak.web_key(), 7, Json::object(), {{"kty", "oct"}, {"k", "c2VjcmV0"}}});
  const auto add = [&list](Json key, const char* member, const Json& value) {
    key[member] = value;
    list.push_back(std::move(key));
  };
  add(rsa.web_key(), "use", "enc");
  add(rsa.web_key(), "alg", "PS256");
  add(rsa.web_key(), "alg", "HS256");
  add(rsa.web_key(), "n", "!");
  add(rsa.web_key(), "n", 7);
  add(rsa.web_key(), "n", std::string(100'000, 'A'));
  add(rsa.web_key(), "e", "");
  add(rsa.web_key(), "e", std::string(1000, 'B'));
  add(curve.web_key(), "crv", "P-384");
  add(curve.web_key(), "x", "AAAA");
  add(curve.web_key(), "x", curve.web_key()["y"]);
  const auto keys = parse_web_keys(dump_json({{"keys", list}}));
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->empty());
}

TEST(WebKeys, OtherTextsAreRefused) {
  const Json many = {{"keys", std::vector<int>(101)}};
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
                                  std::string(R"({"keys":7})"), dump_json(many)}) {
    EXPECT_EQ(parse_web_keys(text).error().code, ErrorCode::kBadGateway) << text;
  }
}

}  // namespace
}  // namespace fit::accounts
