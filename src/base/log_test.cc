#include "base/log.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace fit {
namespace {

TEST(Log, TextLinesCannotBeForged) {
  const std::string line = Log::format_line(LogFormat::kText, LogLevel::kInfo, "T", "got\nit",
                                            {{"path", "/a\nT error x"}, {"n", 3}});
  EXPECT_EQ(line, R"(T info    got\nit path="/a\nT error x" n=3)");
}

TEST(Log, JsonLinesAreJson) {
  const std::string line = Log::format_line(LogFormat::kJson, LogLevel::kError, "T", "say \"hi\"",
                                            {{"ok", true}, {"ms", 1.5}, {"bad", "\xff"}});
  const auto value = parse_json("line", line);
  ASSERT_TRUE(value) << line;
  EXPECT_EQ((*value)["message"], "say \"hi\"");
  EXPECT_EQ((*value)["level"], "error");
  EXPECT_EQ((*value)["ms"], 1.5);
}

std::string logged(std::string_view text, LogFormat format = LogFormat::kText) {
  return Log::format_line(format, LogLevel::kInfo, "T", "m", {{"x", text}});
}

TEST(Log, UrlsLoseWhatMayBeACredential) {
  const std::pair<const char*, const char*> cases[] = {
      {"https://user:pass@shop.example/a.jpg", "https://***@shop.example/a.jpg"},
      {"https://user:p@ss@shop.example", "https://***@shop.example"},
      {"https://shop.example/a.jpg?X-Amz-Signature=abc&token=1", "https://shop.example/a.jpg?***"},
      {"https://shop.example?token=1", "https://shop.example?***"},
      {"https://shop.example/#access_token=1", "https://shop.example/?***"},
      {"https://shop.example/@seller/a.jpg", "https://shop.example/@seller/a.jpg"},
      {"postgresql://fit:secret@db1:5432/fit", "postgresql://***@db1:5432/fit"},
      {"://", "://"},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(logged(text), std::string("T info    m x=") + shown);
  EXPECT_EQ(logged("get http://a:b@c/?d: failed, then (https://e?f) too"),
            "T info    m x=\"get http://***@c/?*** failed, then (https://e?*** too\"");
  EXPECT_TRUE(logged("https://a:b@c/", LogFormat::kJson).contains("https://***@c/"));
}

TEST(Log, LongTextsAreCut) {
  const std::string line = logged(std::string(60'000, 'x'));
  EXPECT_LT(line.size(), 1100U);
  EXPECT_TRUE(line.ends_with("xxx... (60000 bytes)\"")) << line;
}

TEST(Log, LevelsAndFormatsByName) {
  EXPECT_EQ(parse_log_level("LOG_LEVEL", "warning").value(), LogLevel::kWarning);
  EXPECT_EQ(parse_log_level("LOG_LEVEL", "loud").error().field, "LOG_LEVEL");
  EXPECT_EQ(parse_log_format("LOG_FORMAT", "json").value(), LogFormat::kJson);
  EXPECT_FALSE(parse_log_format("LOG_FORMAT", "xml"));
}

}  // namespace
}  // namespace fit
