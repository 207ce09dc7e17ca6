#include "accounts/totp.h"

#include <gtest/gtest.h>

#include <set>

namespace fit::accounts {
namespace {

using std::chrono::seconds;

TEST(Totp, CodesOfTheStandardAreFound) {
  // The secret of RFC 6238, appendix B, "12345678901234567890", and the last six digits of its codes.
  const std::string secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  const auto step = [&](const char* code, int time) {
    return totp_step(secret, code, Timestamp(seconds(time))).value();
  };
  EXPECT_EQ(step("287082", 59), 1);
  EXPECT_EQ(step("081804", 1'111'111'109), 1'111'111'109 / 30);
  EXPECT_EQ(step("005924", 1'234'567'890), 1'234'567'890 / 30);
  EXPECT_EQ(step("287082", 60), 1) << "the code before";
  EXPECT_EQ(step("287082", 29), 1) << "the code after";
  for (const char* code : {"", "287083", "28708", "2870820", "94287082", "abcdef"}) {
    EXPECT_EQ(step(code, 59), std::nullopt) << code;
  }
  EXPECT_EQ(step("287082", 120), std::nullopt) << "two steps late";
  EXPECT_FALSE(totp_step("1", "287082", Timestamp(seconds(59)))) << "no base 32";
}

TEST(Totp, SecretsAndRecoveryCodesAreRandom) {
  EXPECT_EQ(make_totp_secret().size(), 32U);
  EXPECT_NE(make_totp_secret(), make_totp_secret());
  const auto codes = make_recovery_codes();
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
  for (const std::string& code : codes) {
    ASSERT_EQ(code.size(), 19U);
    std::string typed;
    for (const char c : code) {
      if (c != '-') typed += static_cast<char>(std::toupper(c));
    }
    EXPECT_EQ(recovery_code_hash(code), recovery_code_hash(" " + typed));
  }
  EXPECT_EQ(recovery_code_hash("123456"), std::nullopt);
}

TEST(Totp, TheTextOfTheQrCodeIsEncoded) {
  EXPECT_EQ(otpauth_uri("ABC", "a+b c@x.example"),
            "otpauth://totp/Find%20This%20Fit:a%2Bb%20c%40x.example?secret=ABC&issuer=Find%20This%20Fit");
}

}  // namespace
}  // namespace fit::accounts
