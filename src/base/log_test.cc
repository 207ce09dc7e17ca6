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

TEST(Log, LevelsAndFormatsByName) {
  EXPECT_EQ(parse_log_level("LOG_LEVEL", "warning").value(), LogLevel::kWarning);
  EXPECT_EQ(parse_log_level("LOG_LEVEL", "loud").error().field, "LOG_LEVEL");
  EXPECT_EQ(parse_log_format("LOG_FORMAT", "json").value(), LogFormat::kJson);
  EXPECT_FALSE(parse_log_format("LOG_FORMAT", "xml"));
}

}  // namespace
}  // namespace fit
