#include "base/json.h"

#include <gtest/gtest.h>

#include <random>

namespace fit {
namespace {

TEST(Json, ParsesStrictly) {
  EXPECT_EQ(parse_json("body", R"({"a":[1,2]})").value()["a"][1], 2);
  for (const char* text : {"",
                           " ",
                           "{",
                           "{'a':1}",
                           "[1,]",
                           "[1 2]",
                           "{\"a\":1}x",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{,}",
                           "[1]]",
                           "nan",
                           "nul",
                           "truex",
                           "[nul]",
                           "[tru]",
                           "01",
                           "[01]",
                           "[-]",
                           "[1.]",
                           "[.5]",
                           "[1e999]",
                           "[+1]",
                           "\"\xff\"",
                           "[\"\xff\"]",
                           "[\"\\ud800\"]",
                           "[\"\\x\"]",
                           "[\"a\nb\"]",
                           "\"open",
                           "// c\n1",
                           "1 2",
                           "{}{}",
                           "\xEF\xBB\xBF{\"a\":\"\xff\"}"}) {
    const auto value = parse_json("body", text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(value.error().field, "body");
  }
}

TEST(Json, ReadsEveryType) {
  const Json value =
      parse_json("body",
                 R"( {"t":"\u00e4\n","n":null,"y":true,"l":[],"o":{},"i":7,"m":-7,"d":0.5,"big":1e3} )")
          .value();
  EXPECT_EQ(value.dump(), R"({"t":"ä\n","n":null,"y":true,"l":[],"o":{},"i":7,"m":-7,"d":0.5,"big":1000.0})");
  EXPECT_TRUE(value["i"].is_number_unsigned());
  EXPECT_TRUE(value["m"].is_number_integer());
  EXPECT_EQ(parse_json("f", "18446744073709551615").value(), 18446744073709551615U);
  EXPECT_EQ(parse_json("f", "1000000000000000000000000000000").value(), 1e30);
  EXPECT_EQ(parse_json("f", "\"x\"").value(), "x");
  EXPECT_TRUE(parse_json("f", "null").value().is_null());
}

// The parser accepts and rejects the same texts as the library that writes JSON.
TEST(Json, AgreesWithAnotherParserOnMutatedDocuments) {
  std::mt19937 random(7);
  const std::string good =
      R"({"a":[1,-2,3.5e2,{"b":"x\u0041\"y","c":null}],"d":true,"e":false,"f":{},"g":"ß"})";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (std::size_t edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = good[random() % good.size()];
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          text.insert(at, 1, good[random() % good.size()]);
      }
    }
    const Json expected = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    const auto value = parse_json("body", text);
    ASSERT_EQ(value.has_value(), !expected.is_discarded()) << text;
    ASSERT_TRUE(!value || value->dump() == expected.dump()) << text;
  }
}

TEST(Json, TheLastMemberOfANameCounts) {
  EXPECT_EQ(parse_json("f", R"({"b":1,"a":2,"b":3,"c":4,"b":5})").value().dump(), R"({"b":5,"a":2,"c":4})");
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_TRUE(parse_json("body", std::string(60, '[') + std::string(60, ']')));
  for (const std::string& text : {std::string(100'000, '[') + std::string(100'000, ']'),
                                  std::string(100'000, '['), std::string(65, '[') + std::string(65, ']')}) {
    const auto value = parse_json("body", text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::kMalformed);
  }
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  return text + "}";
}

TEST(Json, MembersAndValuesAreBounded) {
  EXPECT_TRUE(parse_json("body", object_of(1000)));
  const auto members = parse_json("body", object_of(1001));
  ASSERT_FALSE(members);
  EXPECT_EQ(members.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(members.error().message, "has more than 1000 members in one object");
  EXPECT_TRUE(parse_json("body", "[1,2]", {.values = 3}));
  EXPECT_EQ(parse_json("body", "[1,2,3]", {.values = 3}).error().code, ErrorCode::kTooLarge);
}

// Quadratic time would take minutes.
TEST(Json, ManyMembersAreReadInLinearTime) {
  constexpr std::size_t kMembers = 300'000;
  const auto value = parse_json("body", object_of(kMembers), {.members = kMembers, .values = kMembers + 1});
  EXPECT_EQ(value.value().size(), kMembers);
}

TEST(Json, AMemberOfAnotherTypeIsAsGoodAsNone) {
  const Json object{{"text", "a"}, {"empty", ""}, {"number", 7}, {"real", 1.5}, {"null", nullptr}};
  EXPECT_EQ(json_text(object, "text"), "a");
  EXPECT_EQ(json_number(object, "number", 3), 7);
  for (const char* const name : {"empty", "number", "real", "null", "absent"})
    EXPECT_EQ(json_text(object, name), "") << name;
  for (const char* const name : {"text", "empty", "real", "null", "absent"})
    EXPECT_EQ(json_number(object, name, 3), 3) << name;
  const Json large{{"number", std::uint64_t{1} << 63}};
  EXPECT_EQ(json_number(large, "number", 3), 3) << "int64_t does not have it";
  for (const Json& other : {Json(), Json("text"), Json(7), Json::array({"text"})}) {
    EXPECT_EQ(json_text(other, "text"), "") << other;
    EXPECT_EQ(json_number(other, "text", 3), 3) << other;
  }
}

TEST(Json, WritesBadUtf8AsReplacementCharacters) {
  EXPECT_EQ(dump_json(Json{{"a", "x\xff"}}), "{\"a\":\"x\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace fit
