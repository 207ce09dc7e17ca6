#include "base/percent_encoding.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(PercentEncoding, EscapesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/é?&=%+"), "a%20b%2F%C3%A9%3F%26%3D%25%2B");
  EXPECT_EQ(percent_encode(std::string_view("\0\r\n", 3)), "%00%0D%0A");
  EXPECT_EQ(percent_encode(""), "");
}

}  // namespace
}  // namespace fit
