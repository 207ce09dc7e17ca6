#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace fit {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid("number", "must be even");
  return number / 2;
}

Result<std::string> quarter(int number) {
  FIT_TRY(const int first, half(number));
  FIT_TRY(const int second, half(first));
  return std::to_string(second);
}

Result<void> check_even(int number) {
  FIT_CHECK(half(number));
  return {};
}

TEST(Result, CarriesValuesAndErrorsThroughCalls) {
  EXPECT_EQ(quarter(8).value(), "2");
  EXPECT_EQ(quarter(6).error().field, "number");
  EXPECT_TRUE(check_even(2));
  EXPECT_EQ(check_even(3).error().code, ErrorCode::kInvalid);
}

TEST(Result, HoldsMoveOnlyValues) {
  const auto make = [](bool ok) -> Result<std::unique_ptr<int>> {
    if (!ok) return not_found("no such thing");
    return std::make_unique<int>(5);
  };
  EXPECT_EQ(**make(true), 5);
  EXPECT_EQ(make(false).error().code, ErrorCode::kNotFound);
}

TEST(Error, DescribesItselfForLogs) {
  EXPECT_EQ((Error{ErrorCode::kInvalid, "must be even", "number", "3"}.describe()),
            "invalid: number: must be even [3]");
}

}  // namespace
}  // namespace fit
