// tests/api/test_alerts_delivery.py decrypts messages and checks signatures with another library.
#include "notify/web_push_crypto.h"

#include <gtest/gtest.h>

namespace fit::notify {
namespace {

PushKeys keys_of_browser() {
  return {.p256dh = read_vapid_key(make_vapid_pem().value()).value().public_key,
          .auth = "BTBZMqHH6r4Tts7J_aSIgg"};
}

TEST(WebPushCrypto, KeysAreChecked) {
  EXPECT_TRUE(check_push_keys(keys_of_browser()));
  for (const std::string& p256dh :
       {std::string(), std::string("x"), std::string(87, 'A'), keys_of_browser().p256dh + "A"}) {
    PushKeys keys = keys_of_browser();
    keys.p256dh = p256dh;
    EXPECT_EQ(check_push_keys(keys).error().field, "keys.p256dh") << p256dh;
    EXPECT_FALSE(encrypt_push(keys, "text"));
  }
  for (const char* auth : {"", "BTBZ", "BTBZMqHH6r4Tts7J_aSIggAA", "!TBZMqHH6r4Tts7J_aSIgg"}) {
    PushKeys keys = keys_of_browser();
    keys.auth = auth;
    EXPECT_EQ(check_push_keys(keys).error().field, "keys.auth") << auth;
  }
}

TEST(WebPushCrypto, EachMessageHasKeysOfItsOwn) {
  const PushKeys keys = keys_of_browser();
  const std::string first = encrypt_push(keys, "text").value();
  const std::string second = encrypt_push(keys, "text").value();
  ASSERT_EQ(first.size(), second.size());
  EXPECT_NE(first.substr(0, 16), second.substr(0, 16)) << "salt";
  EXPECT_NE(first.substr(21, 65), second.substr(21, 65)) << "public key";
  EXPECT_EQ(first.substr(16, 5), std::string("\x00\x00\x10\x00\x41", 5))
      << "record size and length of the key";
  EXPECT_FALSE(first.contains("text"));
  EXPECT_LE(encrypt_push(keys, std::string(kMaxPushBytes, 'x')).value().size(), 4096U);
  EXPECT_EQ(encrypt_push(keys, std::string(kMaxPushBytes + 1, 'x')).error().code, ErrorCode::kTooLarge);
}

TEST(WebPushCrypto, ADamagedKeyIsAnError) {
  EXPECT_FALSE(read_vapid_key(""));
  EXPECT_FALSE(read_vapid_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
}

}  // namespace
}  // namespace fit::notify
