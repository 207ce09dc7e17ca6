#include "embed/relevance.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fit::embed {
namespace {

RelevanceCurve curve(std::vector<double> values) {
  return RelevanceCurve::make("relevance.photo", std::move(values)).value();
}

TEST(RelevanceCurve, IsLinearBetweenItsValues) {
  const RelevanceCurve linear = curve({0.1, 0.2, 0.8});
  EXPECT_DOUBLE_EQ(linear.at(0), 0.1);
  EXPECT_DOUBLE_EQ(linear.at(0.25), 0.15);
  EXPECT_DOUBLE_EQ(linear.at(0.5), 0.2);
  EXPECT_DOUBLE_EQ(linear.at(0.75), 0.5);
  EXPECT_DOUBLE_EQ(linear.at(1), 0.8);
  EXPECT_DOUBLE_EQ(linear.at(-1), 0.1);
  EXPECT_DOUBLE_EQ(linear.at(1.0001), 0.8) << "cosines are rounded numbers";
}

TEST(RelevanceCurve, LeastCosineReachesTheRelevance) {
  const RelevanceCurve one = curve({0.0, 0.0, 0.1, 0.5, 0.5, 0.9});
  for (const double relevance : {0.01, 0.1, 0.3, 0.5, 0.6, 0.9}) {
    const double least = one.least_cosine(relevance).value();
    EXPECT_NEAR(one.at(least), relevance, 1e-12);
    EXPECT_LT(one.at(least - 1e-6), relevance);
  }
  EXPECT_EQ(one.least_cosine(0), -1);
  EXPECT_EQ(one.least_cosine(0.91), std::nullopt);
}

TEST(RelevanceCurve, RejectsInvalidValues) {
  for (const std::vector<double>& bad :
       {std::vector<double>{}, {0.5}, {0.5, 0.4}, {-0.1, 0.5}, {0.5, 1.1}, {0, std::nan("")}}) {
    const auto made = RelevanceCurve::make("relevance.photo", bad);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(made.error().field, "relevance.photo");
  }
}

}  // namespace
}  // namespace fit::embed
