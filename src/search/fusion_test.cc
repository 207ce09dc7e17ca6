#include "search/fusion.h"

#include <gtest/gtest.h>

namespace fit::search {
namespace {

FusionWeights of(std::array<double, kFusedParts.size()> parts, std::vector<double> spaces) {
  return {.parts = parts, .spaces = std::move(spaces)};
}

TEST(FusionTest, ACodeKeepsProportions) {
  const auto fixed = of({1, 1, 1, 1, 1}, {1, 0.5});
  const auto wanted = of({2.5, 0.5, 0.5, 1, 0.5}, {0.3, 1.2});
  const auto read = decode_weights(encode_weights(FusionCode::Kind::kAdapted, wanted), fixed);
  for (std::size_t i = 0; i < wanted.parts.size(); ++i) EXPECT_NEAR(read.parts[i], wanted.parts[i], 0.011);
  for (std::size_t i = 0; i < wanted.spaces.size(); ++i) EXPECT_NEAR(read.spaces[i], wanted.spaces[i], 0.004);
}

TEST(FusionTest, AnyCodeIsHarmless) {
  const auto fixed = of({1, 0, 1, 1, 1}, {1, 0, 2});
  for (const std::uint8_t byte : {0, 1, 255}) {
    FusionCode code{.kind = FusionCode::Kind::kAdapted};
    code.parts.fill(byte);
    code.spaces.fill(byte);
    const auto read = decode_weights(code, fixed);
    EXPECT_EQ(read.parts[1], 0);
    EXPECT_EQ(read.spaces[1], 0);
    EXPECT_GT(read.parts[0], 0);
    EXPECT_GT(read.spaces[0], 0);
    EXPECT_LE(read.parts[0], 4);
  }
}

TEST(FusionTest, CodesAreReadAsWritten) {
  auto code = encode_weights(FusionCode::Kind::kInterleaved, of({1, 2, 3, 4, 0}, {1, 0.25}));
  code.seed = 77;
  ByteWriter writer;
  put(writer, code);
  ASSERT_EQ(writer.bytes().size(), kFusionCodeBytes);
  ByteView rest = writer.bytes();
  const auto read = take_fusion_code(rest);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, code);
  EXPECT_TRUE(rest.empty());
  Bytes unknown(kFusionCodeBytes, std::byte{3});
  ByteView bytes(unknown);
  EXPECT_FALSE(take_fusion_code(bytes));
}

TEST(FusionTest, MoreSpacesThanACodeHasKeepTheirWeights) {
  FusionWeights fixed;
  fixed.spaces.assign(kFusedSpaces + 2, 1);
  const auto read = decode_weights(encode_weights(FusionCode::Kind::kAdapted, fixed), fixed);
  EXPECT_EQ(read.spaces.size(), fixed.spaces.size());
  EXPECT_EQ(read.spaces.back(), 1);
}

}  // namespace
}  // namespace fit::search
