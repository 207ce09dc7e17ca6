#include "base/toml.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(Toml, BecomesJson) {
  const auto json = parse_toml("--layout", "a = 1\n[b.c]\ntexts = [\"x\", \"\\\"y\\\"\"]\non = true\n");
  ASSERT_TRUE(json) << json.error().describe();
  EXPECT_EQ(dump_json(*json), R"({"a":1,"b":{"c":{"on":true,"texts":["x","\"y\""]}}})");
}

TEST(Toml, NamesTheLineThatIsWrong) {
  const auto wrong = parse_toml("--layout", "a = 1\nb = [\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(wrong.error().field, "--layout");
  EXPECT_NE(wrong.error().message.find("line"), std::string::npos);
  EXPECT_FALSE(parse_toml("f", std::string_view("\xff\xfe = 1")));
  EXPECT_TRUE(parse_toml("f", ""));
}

}  // namespace
}  // namespace fit
