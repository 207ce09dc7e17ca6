#include "blobs/aws_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "blobs/test_s3.h"

namespace fit::blobs {
namespace {

using ::testing::HasSubstr;

std::string role_json(std::string_view key_id, Timestamp expires_at) {
  return fit::format(R"({{"AccessKeyId": "{}", "SecretAccessKey": "s", "Token": "t", "Expiration": "{}"}})",
                     key_id, to_rfc3339(expires_at));
}

class AwsCredentialsTest : public ::testing::Test {
 protected:
  Result<AwsCredentials> credentials(std::map<std::string, std::string> variables) {
    variables.try_emplace("AWS_EC2_METADATA_DISABLED", "true");
    return AwsCredentialChain(test_credentials(std::move(variables)), http_).get();
  }

  TempDir folder_;
  net::HttpClient http_{{.allow_private_addresses = true}};
};

TEST_F(AwsCredentialsTest, TheEnvironmentComesFirst) {
  const auto found = credentials({{"AWS_ACCESS_KEY_ID", "k"},
                                  {"AWS_SECRET_ACCESS_KEY", "s"},
                                  {"AWS_SESSION_TOKEN", "t"},
                                  {"AWS_SHARED_CREDENTIALS_FILE", "/nowhere"}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key_id, "k");
  EXPECT_EQ(found->secret, "s");
  EXPECT_EQ(found->session_token, "t");
  EXPECT_FALSE(found->expires_at);
}

TEST_F(AwsCredentialsTest, AFileHasProfiles) {
  const auto file = folder_.path() / ".aws" / "credentials";
  ASSERT_TRUE(write_file_atomically(file, as_bytes("# keys\r\n[default]\r\naws_access_key_id = one\r\n"
                                                   "aws_secret_access_key=a=b/c+\n\n[ other ]\n"
                                                   "AWS_ACCESS_KEY_ID=two\naws_secret_access_key = x\n"
                                                   "aws_session_token = y\n[broken]\nregion = x\n[cut")));
  EXPECT_EQ(credentials({{"HOME", folder_.path()}})->key_id, "one");
  EXPECT_EQ(credentials({{"HOME", folder_.path()}})->secret, "a=b/c+");
  const auto other = credentials({{"AWS_SHARED_CREDENTIALS_FILE", file}, {"AWS_PROFILE", "other"}});
  EXPECT_EQ(other->key_id, "two");
  EXPECT_EQ(other->session_token, "y");
  for (const char* profile : {"broken", "missing"}) {
    const auto none = credentials({{"HOME", folder_.path()}, {"AWS_PROFILE", profile}});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kInternal);
    EXPECT_THAT(none.error().detail, HasSubstr(profile));
  }
  EXPECT_FALSE(credentials({{"AWS_SHARED_CREDENTIALS_FILE", folder_.path() / "none"}}));
  EXPECT_FALSE(credentials({{"HOME", "/nowhere"}})) << "no source is left";
}

TEST_F(AwsCredentialsTest, AContainersRoleIsAskedForAgainBeforeItExpires) {
  int count = 0;
  net::TestServer server([&](const auto& request, net::TestServer::Connection& connection) {
    EXPECT_EQ(request.headers.at("authorization"), "secret token");
    ++count;
    // The first credentials expire too soon to be used a second time.
    const auto life = count == 1 ? std::chrono::minutes(4) : std::chrono::minutes(60);
    connection.send(net::TestServer::answer(200, role_json(fit::format("key{}", count), now() + life)));
  });
  ASSERT_TRUE(write_file_atomically(folder_.path() / "token", as_bytes("secret token\n")));
  AwsCredentialChain chain(
      test_credentials({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/role")},
                        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", folder_.path() / "token"}}),
      http_);
  EXPECT_EQ(chain.get()->key_id, "key1");
  EXPECT_EQ(chain.get()->key_id, "key2");
  EXPECT_EQ(chain.get()->key_id, "key2");
  EXPECT_EQ(chain.get()->session_token, "t");
}

TEST_F(AwsCredentialsTest, AMachinesRoleNeedsAToken) {
  net::TestServer server([&](const auto& request, net::TestServer::Connection& connection) {
    if (request.target == "/latest/api/token") {
      EXPECT_EQ(request.method, "PUT");
      EXPECT_EQ(request.headers.count("x-aws-ec2-metadata-token-ttl-seconds"), 1U);
      connection.send(net::TestServer::answer(200, "machine"));
      return;
    }
    EXPECT_EQ(request.headers.at("x-aws-ec2-metadata-token"), "machine");
    const bool is_list = request.target.ends_with("/");
    connection.send(net::TestServer::answer(
        200, is_list ? "the-role\n" : role_json(request.target.substr(1), now() + std::chrono::hours(1))));
  });
  const auto found = credentials(
      {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url("")}, {"AWS_EC2_METADATA_DISABLED", "false"}});
  ASSERT_TRUE(found);
  EXPECT_THAT(found->key_id, ::testing::EndsWith("/security-credentials/the-role"));
}

TEST_F(AwsCredentialsTest, ARoleThatCannotBeReadIsAnError) {
  for (const std::string& body :
       {std::string(), std::string("no JSON"), std::string("[]"), std::string("{}"),
        std::string(R"({"AccessKeyId": 1, "SecretAccessKey": [], "Expiration": "2026"})")}) {
    net::TestServer server([&](const auto&, net::TestServer::Connection& connection) {
      connection.send(net::TestServer::answer(200, body));
    });
    EXPECT_EQ(credentials({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/")}}).error().code,
              ErrorCode::kInternal)
        << body;
  }
  net::TestServer server([](const auto&, net::TestServer::Connection& connection) {
    connection.send(net::TestServer::answer(403, "no"));
  });
  EXPECT_EQ(credentials({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/")}}).error().code,
            ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace fit::blobs
