#include "embed/embedder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "embed/palette.h"

namespace fit::embed {
namespace {

TEST(Normalize, MakesUnitVectors) {
  Vector vector{3, 0, -4};
  ASSERT_TRUE(normalize(vector, 3, "x"));
  EXPECT_FLOAT_EQ(vector[0], 0.6F);
  EXPECT_FLOAT_EQ(vector[2], -0.8F);
}

TEST(Normalize, AcceptsExtremeMagnitudes) {
  for (const float scale : {1e-10F, 1e18F, 1e30F}) {
    Vector vector{scale, scale, scale, scale};
    ASSERT_TRUE(normalize(vector, 4, "x")) << scale;
    EXPECT_NEAR(vector[1], 0.5F, 1e-6F) << scale;
  }
}

TEST(Normalize, RejectsUnusableVectors) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (Vector vector : {Vector{1, 2}, Vector{1, 2, 3, 4}, Vector{}, Vector{0, 0, 0}, Vector{1, nan, 1},
                        Vector{1, -infinity, 1}}) {
    const auto result = normalize(vector, 3, "some-model");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInternal);
    EXPECT_NE(result.error().message.find("some-model"), std::string::npos);
  }
}

TEST(Embedder, CountsWordsWhereTheModelHasNoTokenizer) {
  const auto embedder = make_palette_embedder();
  EXPECT_EQ(embedder->count_tokens("red dress"), 2U);
  EXPECT_EQ(embedder->count_tokens("  red \t\n dress  "), 2U);
  EXPECT_EQ(embedder->count_tokens(""), 0U);
  EXPECT_EQ(embedder->count_tokens("   "), 0U);
}

}  // namespace
}  // namespace fit::embed
