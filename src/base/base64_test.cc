#include "base/base64.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

std::string decoded(std::string_view text, std::size_t max_bytes = 1000) {
  const auto bytes = decode_base64("photo", text, max_bytes);
  return bytes ? std::string(as_text(*bytes)) : "error " + bytes.error().describe();
}

TEST(Base64, DecodesTheExamplesOfRfc4648) {
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, TakesMissingPaddingLineBreaksAndDataUrls) {
  EXPECT_EQ(decoded("Zm8"), "fo");
  EXPECT_EQ(decoded("Zm9v\r\nYmFy\n"), "foobar");
  EXPECT_EQ(decoded("data:image/jpeg;base64,Zm9vYmFy"), "foobar");
}

TEST(Base64, RefusesOtherTextAndNamesTheField) {
  for (const char* text :
       {"", "Zm9*", "Z", "====", "data:image/png,abc", "data:;base64,", "Zm9vYmFy====", "\xff\xfe\xfd\xfc"}) {
    const auto bytes = decode_base64("photo", text, 1000);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(bytes.error().code, ErrorCode::kMalformed) << text;
    EXPECT_EQ(bytes.error().field, "photo");
  }
}

TEST(Base64, RefusesMoreThanTheLimit) {
  EXPECT_EQ(decoded("Zm9vYmFy", 6), "foobar");
  const auto bytes = decode_base64("photo", "Zm9vYmFyZm9vYmFy", 6);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::kTooLarge);
}

TEST(Base64, RoundTripsEveryByte) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const ByteView part = ByteView(all).first(size);
    const auto back = decode_base64("x", encode_base64(part), 256);
    ASSERT_TRUE(back);
    EXPECT_TRUE(std::ranges::equal(*back, part));
  }
}

}  // namespace
}  // namespace fit
