#include "main/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Options, CommasSeparateTheStandbys) {
  DatabaseSettings settings;
  EXPECT_THAT(store_options(settings).read_urls, IsEmpty());
  settings.read_url = "postgresql://one/fit, postgresql://two/fit,";
  EXPECT_THAT(store_options(settings).read_urls, ElementsAre("postgresql://one/fit", "postgresql://two/fit"));
}

TEST(Options, TheEmbedderIsTheConfiguredOneUnlessItIsNamed) {
  Metrics metrics;
  Config config;
  config.embedding.provider = "onnx";
  config.embedding.model = "clip-vit-b32";
  EXPECT_EQ(embedder_options(config, metrics).provider, "onnx");
  EXPECT_EQ(embedder_options(config, metrics).model, "clip-vit-b32");
  EXPECT_EQ(embedder_options(config, metrics, "palette").provider, "palette");
  EXPECT_EQ(embedder_options(config, metrics, "other").model, "other");
  EXPECT_EQ(embedder_options(config, metrics).models_dir, "data/models");
}

TEST(Options, FilesAreInStoragePathUnlessABackendIsNamed) {
  StorageSettings settings;
  EXPECT_TRUE(open_storage(settings)->is_local());
  EXPECT_THAT(open_storage(settings)->url(), ::testing::EndsWith("/data"));
  settings.backend = "s3://shop/files";
  EXPECT_EQ(open_storage(settings)->url(), "s3://shop/files");
  EXPECT_EQ(open_storage(settings, "TO", "fs:///srv/files")->url(), "fs:///srv/files");
  EXPECT_EQ(open_storage(settings, "TO", "nowhere").error().field, "TO");
  settings.backend = "nowhere";
  EXPECT_EQ(open_storage(settings).error().field, "STORAGE_BACKEND");
}

TEST(Options, StandbysSwitchTheResultCacheOff) {
  Config config;
  EXPECT_FALSE(space_options(config, {}, false).reads_standbys);
  config.database.read_url = "postgresql://one/fit";
  EXPECT_TRUE(space_options(config, {}, false).reads_standbys);
}

TEST(Options, TheBrandIsTheAppsOwnUnlessItIsSet) {
  BrandSettings settings;
  EXPECT_TRUE(brand_of(settings)->is_default());
  settings.name = " Corner Shop ";
  EXPECT_EQ(brand_of(settings)->name, "Corner Shop");
  settings.color = "blue";
  EXPECT_EQ(brand_of(settings).error().field, "BRAND_COLOR");
  settings.color = "";
  settings.logo = "/nowhere/logo.svg";
  EXPECT_EQ(brand_of(settings).error().field, "BRAND_LOGO");
}

TEST(Options, DefaultRateLimitsApplyToPublicServers) {
  Config config;
  EXPECT_TRUE(rate_limits(config).search.is_off());
  EXPECT_TRUE(rate_limits(config).keys.is_off());
  EXPECT_EQ(to_string(rate_limits(config).sign_in), "10/minute");
  config.rate_limits.write = {.limit = RateLimit::parse("X", "3/day").value(), .is_given = true};
  EXPECT_EQ(to_string(rate_limits(config).write), "3/day");
  config.http.host = "0.0.0.0";
  const http::RateLimits limits = rate_limits(config);
  for (const RateLimit& limit : {limits.search, limits.ingest, limits.embedding, limits.sign_in})
    EXPECT_EQ(to_string(limit), "10/minute");
  EXPECT_EQ(to_string(limits.write), "3/day");
  EXPECT_EQ(to_string(limits.keys), "100/second burst 500");
  config.rate_limits.search = {.limit = {}, .is_given = true};
  EXPECT_TRUE(rate_limits(config).search.is_off());
}

TEST(Options, ClientsOfOtherMachinesAreExpectedBeyondLoopback) {
  const auto listens_beyond = [](std::string host, std::string public_url = "") {
    HttpSettings settings;
    settings.host = std::move(host);
    settings.public_url = std::move(public_url);
    return listens_beyond_loopback(settings);
  };
  for (const char* const host : {"127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"}) {
    EXPECT_FALSE(listens_beyond(host)) << host;
    EXPECT_TRUE(listens_beyond(host, "https://fit.example")) << host;
  }
  for (const char* const host :
       {"0.0.0.0", "::", "192.168.1.5", "fit", "fit.example", "", "localhost.example"}) {
    EXPECT_TRUE(listens_beyond(host)) << host;
  }
}

TEST(Options, TlsHasTwoFiles) {
  HttpSettings settings;
  EXPECT_FALSE(tls_files(settings).value());
  settings.tls_cert = "cert.pem";
  EXPECT_EQ(tls_files(settings).error().field, "TLS_KEY");
  settings.tls_key = "key.pem";
  EXPECT_EQ(tls_files(settings).value()->certificate, "cert.pem");
  settings.tls_cert.clear();
  EXPECT_EQ(tls_files(settings).error().field, "TLS_CERT");
}

TEST(Options, ThePublicAddressIsAnAllowedHost) {
  Metrics metrics;
  http::OpenAccess access;
  HttpSettings settings;
  EXPECT_FALSE(middleware_options(settings, metrics, Log::silent(), access)
                   .value()
                   .allowed_hosts.allows("fit.example"));
  settings.public_url = "https://fit.example:8443";
  const auto options = middleware_options(settings, metrics, Log::silent(), access).value();
  EXPECT_TRUE(options.allowed_hosts.allows("fit.example:8443"));
  EXPECT_TRUE(options.public_url->is_https);
  settings.public_url = "fit.example";
  EXPECT_EQ(middleware_options(settings, metrics, Log::silent(), access).error().field, "PUBLIC_URL");
}

TEST(Options, ProxiesAreChecked) {
  HttpSettings settings;
  settings.trusted_proxies = "10.0.0.0/8";
  EXPECT_TRUE(server_options(settings, "scratch", nullptr).value().trusted_proxies.contains("10.1.2.3"));
  settings.trusted_proxies = "proxy.example";
  EXPECT_EQ(server_options(settings, "scratch", nullptr).error().field, "TRUSTED_PROXIES");
}

TEST(Options, OnlyCommandsReadLocalPaths) {
  EXPECT_TRUE(space_options({}, {}, true).catalog.allow_local_paths);
  EXPECT_FALSE(space_options({}, {}, false).catalog.allow_local_paths);
}

}  // namespace
}  // namespace fit
