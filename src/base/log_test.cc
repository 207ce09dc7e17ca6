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

TEST(Log, ModulesMayHaveLevelsOfTheirOwn) {
  const auto levels = LogLevels::parse("LOG_LEVEL", "warning, search=debug,ingest=error,ingest/sources=info");
  ASSERT_TRUE(levels) << levels.error().describe();
  EXPECT_EQ(levels->of("http"), LogLevel::kWarning);
  EXPECT_EQ(levels->of("search"), LogLevel::kDebug);
  EXPECT_EQ(levels->of("ingest/assets"), LogLevel::kError);
  EXPECT_EQ(levels->of("ingest/sources"), LogLevel::kInfo);
  EXPECT_EQ(levels->lowest(), LogLevel::kDebug);
  EXPECT_EQ(levels->text(), "warning,ingest=error,ingest/sources=info,search=debug");
  for (const char* const text :
       {"", "loud", "info,debug", "info,=debug", "info,Search=debug", "info,search="}) {
    EXPECT_EQ(LogLevels::parse("LOG_LEVEL", text).error().field, "LOG_LEVEL") << text;
  }
}

TEST(Log, TheModuleIsTheFolder) {
  EXPECT_EQ(Log::module_of("/x/src/y/src/search/pages.cc"), "search");
  EXPECT_EQ(Log::module_of("src/ingest/sources/source_worker.cc"), "ingest/sources");
  EXPECT_EQ(Log::module_of("pages.cc"), "main");
}

TEST(Log, CopiesShareTheirLevelsAndTheObserverOfErrors) {
  const Log log = Log::silent();
  const Log copy = log;
  copy.set_levels(LogLevels::parse("", "error,search=info").value());
  EXPECT_EQ(log.levels().text(), "error,search=info");
  std::vector<std::string> seen;
  log.observe_errors([&seen](const LogLine& line) {
    seen.push_back(std::string(line.module) + ": " + std::string(line.message) + " " +
                   std::to_string(line.fields.size()) + " " + std::string(line.work.request_id));
  });
  const WorkScope scope(Work{.request_id = "r1"});
  copy.error("broken", {{"n", 1}});
  copy.warning("not so bad");
  copy.observe_errors({});
  log.error("unseen");
  EXPECT_EQ(seen, (std::vector<std::string>{"base: broken 1 r1"}));
}

TEST(Log, LinesOfARequestHaveItsIds) {
  RootSpan root;
  root.work().request_id = "r1";
  root.work().trace = TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").value();
  const WorkScope scope(root.work());
  testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, LogFormat::kText).info("hello", {{"n", 1}});
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(line.ends_with("hello n=1 request_id=r1 trace_id=0af7651916cd43dd8448eb211c80319c\n")) << line;
}

}  // namespace
}  // namespace fit
