#include "search/query_vector.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fit::search {
namespace {

Error vector_error(const Json& list) {
  auto vector = parse_query_vector("vector", list);
  return vector ? cancelled("no error") : vector.error();
}

TEST(QueryVector, IsScaledToNormOne) {
  EXPECT_EQ(parse_query_vector("vector", Json::parse("[3, 0, -4]")).value(),
            (std::vector<float>{0.6F, 0, -0.8F}));
  EXPECT_EQ(parse_query_vector("vector", Json::parse("[0.6, 0.8]")).value(),
            (std::vector<float>{0.6F, 0.8F}));
}

TEST(QueryVector, SquaresNeitherOverflowNorVanish) {
  for (const char* const text : {"[1e300, 1e300]", "[1e-300, 1e-300]", "[5e-324, 5e-324]"}) {
    const auto vector = parse_query_vector("vector", Json::parse(text)).value();
    EXPECT_NEAR(vector[0], std::sqrt(0.5), 1e-6) << text;
    EXPECT_NEAR(vector[1], std::sqrt(0.5), 1e-6) << text;
  }
}

TEST(QueryVector, RefusesWhatHasNoDirection) {
  EXPECT_EQ(vector_error(Json::parse("[]")).message, "is empty");
  EXPECT_EQ(vector_error(Json::parse("[0, 0.0, -0.0]")).message,
            "must not be all zero, because such a vector has no direction");
  Json infinite = Json::array({1.0, std::numeric_limits<double>::infinity()});
  EXPECT_EQ(vector_error(infinite).message, "must have finite numbers only");
  infinite[1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(vector_error(infinite).message, "must have finite numbers only");
}

TEST(QueryVector, RefusesWhatIsNoListOfNumbers) {
  for (const char* const text :
       {"{}", "3", "\"[1]\"", "null", "[1, \"2\"]", "[1, null]", "[[1, 2]]", "[true]"}) {
    const Error error = vector_error(Json::parse(text));
    EXPECT_EQ(error.code, ErrorCode::kInvalid) << text;
    EXPECT_EQ(error.field, "vector") << text;
    EXPECT_EQ(error.message, "must be a list of numbers") << text;
  }
  EXPECT_EQ(vector_error(Json(std::vector<double>(kMaxVectorNumbers + 1, 1.0))).message,
            "must have at most 8192 numbers");
}

}  // namespace
}  // namespace fit::search
