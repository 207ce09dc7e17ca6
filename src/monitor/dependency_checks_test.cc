#include "monitor/dependency_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "base/hash.h"
#include "base/temp_dir.h"
#include "cache/test_redis.h"
#include "net/test_server.h"
#include "store/test_support.h"

namespace fit::monitor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The finding of a check; a finding without a name where there is none.
Finding finding_of(const Findings& findings, std::string_view check) {
  const auto found = std::ranges::find(findings, check, &Finding::check);
  return found == findings.end() ? Finding{} : *found;
}

class DatabaseReportTest : public ::testing::TestWithParam<store::testing::Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, DatabaseReportTest, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(DatabaseReportTest, ACatalogueIsMeasured) {
  if (!GetParam().is_available()) GTEST_SKIP() << "there is no PostgreSQL server here";
  const TempDir folder;
  const std::string url = GetParam().url(folder);
  {
    const auto store = store::open_catalogue(url).value();
    const auto space = store->spaces().ensure({"clip", "m", "1", 64}).value();
    const std::vector<domain::ItemWrite> items = {store::testing::make_item(1, space)};
    ASSERT_TRUE(store->items().upsert(items));
  }
  const DatabaseReport report = check_database(url, {});
  for (const Finding& one : report.findings) EXPECT_EQ(one.severity, Severity::kOk) << one.what;
  EXPECT_EQ(report.images, 1u);
  EXPECT_EQ(report.dimensions, 64u);
  EXPECT_THAT(finding_of(report.findings, "database").what, HasSubstr("1 items"));
}

TEST(DependencyChecks, ADatabaseThatIsNotThereIsNotMade) {
  const TempDir folder;
  const DatabaseReport report = check_database(store::testing::sqlite_url(folder), {});
  EXPECT_EQ(finding_of(report.findings, "database").severity, Severity::kOk);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(DependencyChecks, AFileThatIsNoDatabaseIsAFault) {
  const TempDir folder;
  std::ofstream(folder.path() / "fit.db") << std::string(10'000, 'x');
  const DatabaseReport report = check_database("sqlite:///" + (folder.path() / "fit.db").string(), {});
  const Finding finding = finding_of(report.findings, "database");
  EXPECT_EQ(finding.severity, Severity::kFault);
  EXPECT_NE(finding.advice, "");
}

TEST(DependencyChecks, AServerThatIsAwayIsAFaultThatHidesThePassword) {
  const DatabaseReport report = check_database("postgresql://fit:sesame123@127.0.0.1:1/fit", {});
  const Finding finding = finding_of(report.findings, "database");
  EXPECT_EQ(finding.severity, Severity::kFault);
  EXPECT_THAT(finding.what + finding.advice, Not(HasSubstr("sesame123")));
  EXPECT_THAT(finding.advice, HasSubstr("PostgreSQL"));

  EXPECT_EQ(finding_of(check_redis("redis://:sesame123@127.0.0.1:1/0", false), "redis").severity,
            Severity::kFault);
  EXPECT_EQ(check_mail("smtp://fit:sesame123@127.0.0.1:1").severity, Severity::kFault);
  EXPECT_THAT(check_mail("smtp://fit:sesame123@127.0.0.1:1").what, Not(HasSubstr("sesame123")));
}

TEST(DependencyChecks, ARedisForQueuesMustKeepThem) {
  if (!cache::TestRedis::is_installed()) GTEST_SKIP() << "redis-server is not installed";
  const cache::TestRedis forgetful;
  EXPECT_EQ(finding_of(check_redis(forgetful.url(), false), "redis").severity, Severity::kOk);
  EXPECT_EQ(finding_of(check_redis(forgetful.url(), false), "redis queue").check, "") << "it is no queue";
  EXPECT_EQ(finding_of(check_redis(forgetful.url(), true), "redis queue").severity, Severity::kWarning);
  const cache::TestRedis kept(cache::TestRedis::Persistence::kEachWrite);
  EXPECT_EQ(finding_of(check_redis(kept.url(), true), "redis queue").severity, Severity::kOk);
}

TEST(DependencyChecks, AModelIsHeldAgainstItsChecksums) {
  const TempDir folder;
  const embed::ModelStore models(folder.path());
  const auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories(folder.path() / "mine");
    std::ofstream(folder.path() / "mine" / name) << text;
  };
  const std::string weights = "weights";
  const std::string digest = sha256_hex(as_bytes(weights));
  write("model.onnx", weights);
  write("manifest.json",
        R"({"name": "mine", "version": "1", "licence": "MIT", "source": "https://models.example/mine",
            "files": [{"role": "content_filter", "path": "model.onnx", "sha256": ")" +
            digest + R"(", "size_bytes": 7}],
            "image": {"input": "pixels", "output": "probabilities", "size": 224, "resize": "stretch",
                      "interpolation": "bicubic", "layout": "nchw", "mean": [0, 0, 0], "std": [1, 1, 1]},
            "content_filter": {"classes": ["good", "bad"]}})");
  const Finding whole = check_model(models, "mine");
  EXPECT_EQ(whole.severity, Severity::kOk) << whole.what;
  write("model.onnx", "weirdos");
  const Finding damaged = check_model(models, "mine");
  EXPECT_EQ(damaged.severity, Severity::kFault);
  EXPECT_THAT(damaged.advice, HasSubstr("fit model pull mine"));
  EXPECT_EQ(check_model(models, "nobody-has-it").severity, Severity::kFault);
}

TEST(DependencyChecks, AddressesMustFitTogether) {
  const auto severity = [](const Exposure& exposure) {
    return std::ranges::max(check_exposure(exposure), {}, &Finding::severity).severity;
  };
  EXPECT_EQ(severity({}), Severity::kOk);
  EXPECT_EQ(severity({.is_beyond_loopback = true, .has_tls = true, .public_url = "https://fit.example"}),
            Severity::kOk);
  EXPECT_EQ(
      severity(
          {.is_beyond_loopback = true, .public_url = "https://fit.example", .trusted_proxies = "127.0.0.1"}),
      Severity::kOk);
  EXPECT_EQ(severity({.is_beyond_loopback = true, .public_url = "http://fit.example"}), Severity::kWarning);
  EXPECT_EQ(severity({.is_beyond_loopback = true, .has_tls = true}), Severity::kWarning);
  EXPECT_EQ(severity({.is_beyond_loopback = true, .public_url = "https://fit.example"}), Severity::kFault);
  EXPECT_EQ(severity({.is_beyond_loopback = true, .has_tls = true, .public_url = "http://fit.example"}),
            Severity::kFault);
  EXPECT_EQ(severity({.is_beyond_loopback = true,
                      .public_url = "https://fit.example",
                      .trusted_proxies = "10.0.0.0/8, 0.0.0.0/0"}),
            Severity::kFault);
}

TEST(DependencyChecks, ThePublicAddressMustLeadHere) {
  net::TestServer server(
      [](const net::TestServer::Request& request, net::TestServer::Connection& connection) {
        const bool is_ours = request.target == "/live";
        connection.send(
            net::TestServer::answer(200, is_ours ? R"({"status":"live"})" : R"({"status":"parked"})"));
      });
  net::HttpClient http({.allow_private_addresses = true});
  EXPECT_EQ(check_public_url(server.url(""), http).severity, Severity::kOk);
  EXPECT_EQ(check_public_url(server.url("/"), http).severity, Severity::kOk);
  EXPECT_EQ(check_public_url(server.url("/parked"), http).severity, Severity::kWarning);
  EXPECT_EQ(check_public_url("http://127.0.0.1:1", http).severity, Severity::kWarning);
}

}  // namespace
}  // namespace fit::monitor
