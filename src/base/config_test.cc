#include "base/config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_dir.h"

namespace fit {
namespace {

ConfigSources with_environment(std::map<std::string, std::string> variables) {
  ConfigSources sources;
  sources.environment = [variables =
                             std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return sources;
}

const ConfigValue& value_of(const LoadedConfig& loaded, std::string_view name) {
  return *std::ranges::find_if(loaded.values, [&](const ConfigValue& v) { return v.info.name == name; });
}

class ConfigFile : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) {
    std::ofstream(dir_.path() / "fit.toml") << text;
    return dir_.path() / "fit.toml";
  }
  TempDir dir_;
};

TEST(Config, EverySettingHasADefaultAndAMeaning) {
  const auto loaded = load_config({});
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_EQ(loaded->values.size(), setting_infos().size());
  for (const ConfigValue& value : loaded->values) {
    EXPECT_EQ(value.origin, ConfigOrigin::kDefault) << value.info.name;
    EXPECT_FALSE(value.info.help.empty()) << value.info.name;
  }
}

TEST(Config, NamesFollowOneRule) {
  EXPECT_EQ(environment_name("max_concurrent_embeddings"), "MAX_CONCURRENT_EMBEDDINGS");
  EXPECT_EQ(flag_name("app_port"), "--app-port");
}

TEST_F(ConfigFile, FlagsPrecedeEnvironmentPrecedesFilePrecedesDefault) {
  ConfigSources sources = with_environment({{"APP_PORT", "2"}, {"APP_HOST", "::1"}});
  sources.file =
      write("app_port = 1\napp_host = \"0.0.0.0\"\nbatch_size = 4\nallow_private_addresses = true\n");
  sources.flags = {{"app_port", "3"}};
  const auto loaded = load_config(sources);
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_EQ(loaded->config.http.port, 3);
  EXPECT_EQ(loaded->config.http.host, "::1");
  EXPECT_EQ(loaded->config.embedding.batch_size, 4);
  EXPECT_TRUE(loaded->config.net.allow_private_addresses);
  EXPECT_EQ(value_of(*loaded, "app_port").origin, ConfigOrigin::kFlag);
  EXPECT_EQ(value_of(*loaded, "app_host").origin, ConfigOrigin::kEnvironment);
  EXPECT_EQ(value_of(*loaded, "batch_size").origin, ConfigOrigin::kFile);
}

TEST_F(ConfigFile, UnknownKeysAndFlagsAreNamed) {
  ConfigSources sources;
  sources.file = write("app_prot = 1\n");
  const auto from_file = load_config(sources);
  ASSERT_FALSE(from_file);
  EXPECT_TRUE(from_file.error().field.ends_with("app_prot")) << from_file.error().field;

  ConfigSources flags;
  flags.flags = {{"nonsense", "1"}};
  const auto from_flags = load_config(flags);
  ASSERT_FALSE(from_flags);
  EXPECT_EQ(from_flags.error().field, "--nonsense");
}

TEST_F(ConfigFile, BrokenFilesAreErrorsWithTheLine) {
  ConfigSources sources;
  sources.file = write("app_port = 1\napp_host = = 2\n");
  const auto loaded = load_config(sources);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("line 2"), std::string::npos) << loaded.error().message;
  sources.file = write("[app]\nport = 1\n");
  EXPECT_FALSE(load_config(sources));
  sources.file = dir_.path() / "absent.toml";
  EXPECT_FALSE(load_config(sources));
}

TEST(Config, ErrorsNameTheSettingAsItWasGiven) {
  const std::vector<std::pair<std::string, std::string>> bad = {{"APP_PORT", "65536"},
                                                                {"APP_PORT", "-1"},
                                                                {"APP_PORT", "80a"},
                                                                {"APP_PORT", ""},
                                                                {"BATCH_SIZE", "0"},
                                                                {"LOG_LEVEL", "loud"},
                                                                {"EMBEDDING_PROVIDER", "magic"},
                                                                {"BATCH_SIZE", "1e3"},
                                                                {"IMAGE_TIMEOUT", "1.5"},
                                                                {"ALLOW_PRIVATE_ADDRESSES", "yes"},
                                                                {"INDEX_KIND", "hnsw"},
                                                                {"INDEX_MEMORY", "1KiB"},
                                                                {"INDEX_MEMORY", "MiB"},
                                                                {"INDEX_MEMORY", "9999999TiB"},
                                                                {"RATE_LIMIT_SEARCH", "10"},
                                                                {"RATE_LIMIT_KEYS", "0/second"},
                                                                {"RATE_LIMIT_SIGN_IN", ""}};
  for (const auto& [name, text] : bad) {
    const auto loaded = load_config(with_environment({{name, text}}));
    ASSERT_FALSE(loaded) << name << "=" << text;
    EXPECT_EQ(loaded.error().field, name);
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
  }
}

TEST(Config, BytesHaveUnits) {
  for (const auto& [text, bytes] : std::vector<std::pair<std::string, std::uint64_t>>{
           {"0", 0}, {"1048576", 1 << 20}, {"512MiB", 512 << 20}, {"3GiB", std::uint64_t{3} << 30}}) {
    const auto loaded = load_config(with_environment({{"INDEX_MEMORY", text}}));
    ASSERT_TRUE(loaded) << loaded.error().describe();
    EXPECT_EQ(loaded->config.index.memory_bytes, bytes);
    EXPECT_EQ(value_of(*loaded, "index_memory").value, std::to_string(bytes));
  }
}

TEST(Config, RateLimitsAreReadAndPrinted) {
  const auto defaults = load_config({}).value();
  EXPECT_EQ(value_of(defaults, "rate_limit_search").value, "10/minute");
  EXPECT_EQ(value_of(defaults, "rate_limit_keys").value, "100/second burst 500");
  EXPECT_FALSE(defaults.config.rate_limits.search.is_given);
  const auto given = load_config(with_environment({{"RATE_LIMIT_SEARCH", "10/minute"},
                                                   {"RATE_LIMIT_WRITE", "5/hour burst 9"},
                                                   {"RATE_LIMIT_INGEST", "off"}}));
  ASSERT_TRUE(given) << given.error().describe();
  EXPECT_TRUE(given->config.rate_limits.search.is_given);
  EXPECT_EQ(given->config.rate_limits.write.limit.burst, 9U);
  EXPECT_TRUE(given->config.rate_limits.ingest.limit.is_off());
  EXPECT_EQ(value_of(*given, "rate_limit_write").value, "5/hour burst 9");
  EXPECT_EQ(value_of(*given, "rate_limit_ingest").value, "off");
}

TEST(Config, SecretsAreMasked) {
  EXPECT_EQ(mask_url_password("postgresql://fit:s3cret@db/fit"), "postgresql://fit:***@db/fit");
  EXPECT_EQ(mask_url_password("postgresql://fit:a@b@db/fit"), "postgresql://fit:***@db/fit");
  EXPECT_EQ(mask_url_password("postgresql://fit@db/fit"), "postgresql://fit@db/fit");
  EXPECT_EQ(mask_url_password("sqlite:///data/a:b@c.db"), "sqlite:///data/a:b@c.db");
  EXPECT_EQ(mask_url_password("postgresql:///fit?user=a&password=s3cret&host=db"),
            "postgresql:///fit?user=a&password=***&host=db");
  EXPECT_EQ(mask_url_password("postgresql://a:b@one/fit,postgresql://a:c@two/fit"),
            "postgresql://a:***@one/fit,postgresql://a:***@two/fit");
  const auto loaded = load_config(with_environment({{"DATABASE_URL", "postgresql://fit:s3cret@db/fit"}}));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(value_of(*loaded, "database_url").value, "postgresql://fit:***@db/fit");
  EXPECT_EQ(loaded->config.database.url, "postgresql://fit:s3cret@db/fit");
  const auto key = load_config(with_environment({{"OPENAI_API_KEY", "s3cret"}}));
  ASSERT_TRUE(key);
  EXPECT_EQ(value_of(*key, "openai_api_key").value, "***");
  EXPECT_EQ(value_of(*key, "redis_url").value, "");
}

}  // namespace
}  // namespace fit
