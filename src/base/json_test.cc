#include "base/json.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(Json, ParsesStrictly) {
  EXPECT_EQ(parse_json("body", R"({"a":[1,2]})").value()["a"][1], 2);
  for (const char* text : {"", "{", "{'a':1}", "[1,]", "{\"a\":1}x", "nan", "\"\xff\"", "// c\n1"}) {
    const auto value = parse_json("body", text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(value.error().field, "body");
  }
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_TRUE(parse_json("body", std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parse_json("body", std::string(100'000, '[') + std::string(100'000, ']')));
  EXPECT_FALSE(parse_json("body", std::string(100'000, '[')));
}

TEST(Json, WritesBadUtf8AsReplacementCharacters) {
  EXPECT_EQ(dump_json(Json{{"a", "x\xff"}}), "{\"a\":\"x\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace fit
