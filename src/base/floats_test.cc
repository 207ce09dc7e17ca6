#include "base/floats.h"

#include <gtest/gtest.h>

#include <span>
#include <string_view>

namespace fit {
namespace {

TEST(Floats, AreReadFromBytesAtAnyAddress) {
  const std::vector<float> values = {0.0F, -1.5F, 3e38F};
  EXPECT_EQ(floats_of(std::as_bytes(std::span(values))), values);
  Bytes moved(1);
  const ByteView stored = std::as_bytes(std::span(values));
  moved.insert(moved.end(), stored.begin(), stored.end());
  EXPECT_EQ(floats_of(ByteView(moved).subspan(1)), values);
}

TEST(Floats, HaveTheLowestByteFirst) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(floats_of(as_bytes("\0\0\x80\x3f"sv)), std::vector<float>{1.0F});
}

TEST(Floats, APartOfAFloatIsLeftOut) {
  EXPECT_TRUE(floats_of({}).empty());
  EXPECT_TRUE(floats_of(as_bytes("abc")).empty());
  EXPECT_EQ(floats_of(as_bytes("abcdefg")).size(), 1U);
}

}  // namespace
}  // namespace fit
