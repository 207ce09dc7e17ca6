#include "base/env_file.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

using Values = std::map<std::string, std::string>;

TEST(EnvFile, IsToldByItsName) {
  for (const char* const name : {".env", "/srv/shop/.env", "production.env", ".env.local"}) {
    EXPECT_TRUE(is_env_file(name)) << name;
  }
  for (const char* const name : {"fit.toml", "/.env/fit.toml", "env", ".environment"}) {
    EXPECT_FALSE(is_env_file(name)) << name;
  }
}

TEST(EnvFile, HasAVariableInEachLine) {
  const auto values = parse_env_file(".env",
                                     "# settings\n\n  APP_PORT=8001  \r\nexport API_KEY = abc # mine\n"
                                     "ALLOWED_ORIGINS=\nSMTP_FROM=\"Shop \\\"a\\\" <a@b.example>\" # who\n"
                                     "DATABASE_URL='postgresql://fit:a#b\\n@db/fit'\nAPP_PORT=8002");
  EXPECT_EQ(values.value(), (Values{{"app_port", "8002"},
                                    {"api_key", "abc"},
                                    {"allowed_origins", ""},
                                    {"smtp_from", "Shop \"a\" <a@b.example>"},
                                    {"database_url", "postgresql://fit:a#b\\n@db/fit"}}));
  EXPECT_EQ(parse_env_file(".env", "").value(), Values{});
  EXPECT_EQ(parse_env_file(".env", "A=b#c\nB= #c").value(), (Values{{"a", "b#c"}, {"b", ""}}));
}

TEST(EnvFile, SaysWhichLineIsWrong) {
  for (const char* const line : {"APP_PORT", "=1", "1A=2", "A B=1", "A-B=1", "A=\"b", "A='b' c", "[http]"}) {
    const auto values = parse_env_file(".env", std::string("OK=1\n") + line);
    ASSERT_FALSE(values.has_value()) << line;
    EXPECT_EQ(values.error().field, ".env");
    EXPECT_TRUE(values.error().message.starts_with("line 2: ")) << values.error().message;
  }
}

}  // namespace
}  // namespace fit
