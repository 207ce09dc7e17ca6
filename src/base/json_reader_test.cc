#include "base/json_reader.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

std::string problem(const Result<void>& result) {
  return result ? "" : result.error().describe();
}

TEST(JsonReaderTest, ReadsMembers) {
  const Json json = parse_json("", R"({"name":"a","size":3,"bytes":7,"kind":"two","on":true,"tags":["x","y"],
      "image":{"side":5},"files":[{"path":"p"},{"path":"q"}],"shards":{"s":{"url":"u"}},"none":null})")
                        .value();
  JsonReader reader(json);
  EXPECT_EQ(reader.text("name"), "a");
  EXPECT_EQ(reader.integer("size", 1, 3), 3);
  EXPECT_EQ(reader.count("bytes"), 7U);
  EXPECT_TRUE(reader.flag("on"));
  EXPECT_EQ(reader.choice("kind", {"one", "two"}), 1U);
  EXPECT_EQ(reader.texts("tags", 2), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(reader.optional_texts("tags"), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(reader.optional_texts("absent").empty());
  EXPECT_EQ(reader.object("image").keys(), std::vector<std::string>{"side"});
  EXPECT_EQ(reader.object("image").integer("side", 0, 9), 5);
  auto files = reader.objects("files", 2);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[1].text("path"), "q");
  auto shards = reader.named_objects("shards");
  ASSERT_EQ(shards.size(), 1U);
  EXPECT_EQ(shards[0].first, "s");
  EXPECT_EQ(shards[0].second.text("url"), "u");
  EXPECT_EQ(reader.optional_text("none"), "");
  EXPECT_EQ(reader.optional_count("absent"), std::nullopt);
  EXPECT_FALSE(reader.optional_object("absent"));
  EXPECT_TRUE(reader.named_objects("absent").empty());
  EXPECT_TRUE(reader.finish());
}

TEST(JsonReaderTest, NamesTheMember) {
  const auto read = [](const char* text, const auto& read_members) {
    const Json json = parse_json("", text).value();
    JsonReader reader(json);
    read_members(reader);
    return problem(reader.finish());
  };
  EXPECT_EQ(read("{}", [](JsonReader& r) { r.text("name"); }), "invalid: name: is missing");
  EXPECT_EQ(read(R"({"name":null})", [](JsonReader& r) { r.text("name"); }), "invalid: name: is missing");
  EXPECT_EQ(read(R"({"name":""})", [](JsonReader& r) { r.text("name"); }),
            "invalid: name: must not be empty");
  EXPECT_EQ(read(R"({"name":3})", [](JsonReader& r) { r.optional_text("name"); }),
            "invalid: name: must be a text");
  EXPECT_EQ(read(R"({"n":1.5})", [](JsonReader& r) { r.integer("n", 1, 9); }),
            "invalid: n: must be a whole number from 1 to 9");
  EXPECT_EQ(read(R"({"n":-1})", [](JsonReader& r) { r.count("n"); }),
            "invalid: n: must be a whole number of at least 0");
  EXPECT_EQ(read(R"({"n":1})", [](JsonReader& r) { r.flag("n"); }), "invalid: n: must be true or false");
  EXPECT_EQ(read(R"({"n":"c"})", [](JsonReader& r) { r.choice("n", {"a", "b"}); }),
            R"(invalid: n: must be "a" or "b")");
  EXPECT_EQ(read(R"({"n":["a",1]})", [](JsonReader& r) { r.texts("n", 9); }),
            "invalid: n[1]: must be a text that is not empty");
  EXPECT_EQ(read(R"({"n":[""]})", [](JsonReader& r) { r.optional_texts("n"); }),
            "invalid: n[0]: must be a text that is not empty");
  EXPECT_EQ(read(R"({"n":{}})", [](JsonReader& r) { r.optional_texts("n"); }),
            "invalid: n: must be a list of texts");
  EXPECT_EQ(read(R"({"n":[]})", [](JsonReader& r) { r.texts("n", 9); }),
            "invalid: n: must be a list of 1 to 9");
  EXPECT_EQ(read(R"({"n":[{},{"a":{"b":1}}]})",
                 [](JsonReader& r) {
                   for (JsonReader& each : r.objects("n", 9)) {
                     if (auto a = each.optional_object("a")) a->reject_unknown_keys();
                   }
                 }),
            "invalid: n[1].a.b: is not a known key");
  EXPECT_EQ(read(R"({"n":[]})", [](JsonReader& r) { r.objects("n"); }), "") << "any number";
  EXPECT_EQ(read(R"({"n":3})", [](JsonReader& r) { r.objects("n"); }), "invalid: n: must be a list");
  EXPECT_EQ(read(R"({"n":3})", [](JsonReader& r) { r.object("n"); }), "invalid: n: must be an object");
  EXPECT_EQ(read("[]", [](JsonReader&) {}), "invalid: must be an object");
  EXPECT_EQ(read(R"({"n":3})", [](JsonReader&) {}), "invalid: n: is not a known key");
}

TEST(JsonReaderTest, KeepsTheFirstProblem) {
  const Json json = Json::object();
  JsonReader reader(json);
  EXPECT_EQ(reader.integer("first", 1, 9), 1);
  JsonReader child = reader.object("second");
  EXPECT_EQ(child.text("third"), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(child.ok());
  EXPECT_EQ(problem(reader.finish()), "invalid: first: is missing");
}

}  // namespace
}  // namespace fit
