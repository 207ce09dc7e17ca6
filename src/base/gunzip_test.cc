#include "base/gunzip.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace fit {
namespace {

// "hello, hello, hello\n" as gzip writes it.
Bytes hello_gzip() {
  return decode_base64("gzip", "H4sIAAAAAAACA8tIzcnJ11HIQKK4AOdCblIUAAAA", 1000).value();
}

TEST(Gunzip, ReadsAWholeText) {
  EXPECT_TRUE(is_gzip(hello_gzip()));
  EXPECT_FALSE(is_gzip(as_bytes("hello")));
  EXPECT_EQ(gunzip("file", hello_gzip(), 100).value(), "hello, hello, hello\n");
}

TEST(Gunzip, ReadsSeveralMembersByteByByte) {
  Bytes twice = hello_gzip();
  const Bytes one = twice;
  twice.insert(twice.end(), one.begin(), one.end());
  twice.resize(twice.size() + 5);  // zeros that pad the end
  Gunzip stream;
  std::string text;
  for (const std::byte& byte : twice) ASSERT_TRUE(stream.add("file", ByteView(&byte, 1), 100, text));
  EXPECT_TRUE(stream.is_complete());
  EXPECT_EQ(text, "hello, hello, hello\nhello, hello, hello\n");
}

TEST(Gunzip, RefusesDamageAndTooMuch) {
  Bytes cut = hello_gzip();
  cut.resize(cut.size() - 4);
  EXPECT_EQ(gunzip("file", cut, 100).error().code, ErrorCode::kMalformed);
  Bytes wrong = hello_gzip();
  wrong[12] ^= std::byte{0xFF};
  EXPECT_EQ(gunzip("file", wrong, 100).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(gunzip("file", hello_gzip(), 10).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(gunzip("file", as_bytes("plain"), 10).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace fit
