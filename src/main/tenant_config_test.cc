#include "main/tenant_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/postgres_schema.h"

namespace fit {
namespace {

using ::testing::HasSubstr;

Config server_config() {
  Config config;
  config.storage.path = "/data";
  config.database.url = "sqlite:////data/fit.db";
  return config;
}

TEST(TenantConfig, ATenantHasAPlaceOfItsOwnAndTheServersModels) {
  const auto config = tenant_config(server_config(), {.name = "shop"});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->storage.path, "/data/tenants/shop");
  EXPECT_EQ(config->database.url, "sqlite:////data/tenants/shop/fit.db");
  EXPECT_EQ(config->models_folder(), "/data/models");
}

TEST(TenantConfig, OnPostgresStandbysHaveTheSameSchema) {
  Config server = server_config();
  server.database.url = "postgresql://fit@db/fit";
  server.database.read_url = "postgresql://fit@one/fit, postgresql://fit@two/fit";
  const auto config = tenant_config(server, {.name = "shop"});
  ASSERT_TRUE(config);
  EXPECT_EQ(sql::own_schema(config->database.url), "tenant_shop");
  const std::string& urls = config->database.read_url;
  const std::size_t comma = urls.find(',');
  ASSERT_NE(comma, std::string::npos);
  EXPECT_EQ(sql::own_schema(urls.substr(0, comma)), "tenant_shop");
  EXPECT_EQ(sql::own_schema(urls.substr(comma + 1)), "tenant_shop");
  EXPECT_THAT(urls.substr(comma), HasSubstr("two"));
}

TEST(TenantConfig, SomeSettingsDifferAndLimitsOnlyShrink) {
  const auto config = tenant_config(server_config(), {.name = "shop",
                                                      .settings = {{"thumbnail_size", "99"},
                                                                   {"max_image_bytes", "5000"},
                                                                   {"embedding_provider", "palette"}}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->media.thumbnail_side, 99);
  EXPECT_EQ(config->media.max_image_bytes, 5000U);
  EXPECT_EQ(config->embedding.provider, "palette");
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"app_port", "1"},
                                          {"storage_path", "/etc"},
                                          {"thumbnail_size", "x"},
                                          {"embedding_provider", "none"},
                                          {"max_image_bytes", std::to_string(std::int64_t{1} << 31)}}) {
    const auto checked = check_tenant_settings(server_config(), {{name, value}});
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(checked.error().field, "settings." + name);
  }
}

TEST(TenantConfig, OnlyAnotherModelIsAnotherEmbedder) {
  const Config server = server_config();
  const auto name_with = [&](std::map<std::string, std::string> settings) {
    return embedder_name(server,
                         tenant_config(server, {.name = "a", .settings = std::move(settings)}).value());
  };
  EXPECT_EQ(name_with({}), "");
  EXPECT_EQ(name_with({{"embedding_model", "other"}}), "") << "the built-in model has no name";
  EXPECT_EQ(name_with({{"embedding_provider", "palette"}}), "palette");
  EXPECT_EQ(name_with({{"embedding_provider", "onnx"}, {"embedding_model", "other"}}), "other");
}

}  // namespace
}  // namespace fit
