#include "monitor/health.h"

#include <gtest/gtest.h>

namespace fit::monitor {
namespace {

TEST(Health, ReportsEachPartInOrder) {
  const Health health({{"store", [] { return Result<Json>(Json{{"items", 2}}); }},
                       {"index", []() -> Result<Json> {
                          return Error{ErrorCode::kUnavailable, "being built", {}, "a detail"};
                        }}});
  const auto parts = health.probe();
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].name, "store");
  EXPECT_TRUE(parts[0].ok);
  EXPECT_EQ(parts[0].state["items"], 2);
  EXPECT_EQ(parts[1].name, "index");
  EXPECT_FALSE(parts[1].ok);
  EXPECT_EQ(parts[1].error, "being built") << "without the private detail";
  EXPECT_FALSE(Health::all_ok(parts));
  EXPECT_TRUE(Health::all_ok(std::vector(parts.begin(), parts.begin() + 1)));
}

}  // namespace
}  // namespace fit::monitor
