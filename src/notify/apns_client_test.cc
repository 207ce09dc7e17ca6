// Messages to devices of Apple, as a push service gets them.
#include <gtest/gtest.h>

#include "accounts/url_base64.h"
#include "base/json.h"
#include "net/test_server.h"
#include "notify/apns_client.h"
#include "notify/web_push_crypto.h"

namespace fit::notify {
namespace {

using net::TestServer;

const std::string kDevice(64, 'a');

// A push service that answers all requests with one status and reason.
TestServer::Handler answering(int status, const std::string& reason) {
  return [status, reason](const TestServer::Request&, TestServer::Connection& connection) {
    const std::string body = reason.empty() ? "" : dump_json(Json{{"reason", reason}});
    connection.send(TestServer::answer(status, body));
  };
}

ApnsClient::Options options_of(const TestServer& server) {
  std::string url = server.url("/");
  url.pop_back();
  return {.url = url,
          .topic = "org.findthisfit.app",
          .key_id = "ABC123DEFG",
          .team_id = "TEAM123456",
          .private_pem = make_vapid_pem().value()};
}

Json part_of_token(std::string_view token, std::size_t at) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < at; ++i) begin = token.find('.', begin) + 1;
  const std::string_view part = token.substr(begin, token.find('.', begin) - begin);
  return parse_json("token", accounts::from_url_base64(part).value()).value();
}

TEST(ApnsClient, SendsWhatTheServiceSpecifies) {
  const TestServer server(answering(200, ""));
  net::HttpClient http({.allow_private_addresses = true});
  const ApnsClient client(http, options_of(server));
  const ApnsMessage message{
      .title = "New: Coat", .text = "45 EUR", .url = "findthisfit://items/7", .id = "d1"};
  ASSERT_TRUE(client.send(kDevice, message, {}));
  ASSERT_TRUE(client.send(std::string(160, 'b'), message, {}));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/3/device/" + kDevice);
  EXPECT_EQ(requests[0].headers.at("apns-topic"), "org.findthisfit.app");
  EXPECT_EQ(requests[0].headers.at("apns-push-type"), "alert");
  EXPECT_EQ(requests[0].headers.at("apns-collapse-id"), "d1");
  EXPECT_EQ(
      requests[0].body,
      R"({"aps":{"alert":{"title":"New: Coat","body":"45 EUR"},"sound":"default"},"url":"findthisfit://items/7"})");
  const std::string authorization = requests[0].headers.at("authorization");
  ASSERT_TRUE(authorization.starts_with("bearer "));
  EXPECT_EQ(requests[1].headers.at("authorization"), authorization) << "one token serves many messages";
  const Json head = part_of_token(authorization.substr(7), 0);
  EXPECT_EQ(head, (Json{{"alg", "ES256"}, {"kid", "ABC123DEFG"}}));
  const Json claims = part_of_token(authorization.substr(7), 1);
  EXPECT_EQ(claims.at("iss"), "TEAM123456");
  const auto issued_at = claims.at("iat").get<std::int64_t>();
  const auto age = std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count() - issued_at;
  EXPECT_TRUE(issued_at % 1'800 == 0 && age >= 0 && age <= 1'900) << issued_at;
}

TEST(ApnsClient, AReasonSaysWhatBecomesOfTheDevice) {
  const auto code = [](int status, const std::string& reason) {
    const TestServer server(answering(status, reason));
    net::HttpClient http({.allow_private_addresses = true});
    const auto sent = ApnsClient(http, options_of(server)).send(kDevice, {.title = "a", .text = "b"}, {});
    EXPECT_EQ(server.requests().size(), 1U) << "one attempt";
    return sent.error().code;
  };
  EXPECT_EQ(code(410, "Unregistered"), ErrorCode::kNotFound);
  EXPECT_EQ(code(400, "BadDeviceToken"), ErrorCode::kNotFound);
  EXPECT_EQ(code(400, "PayloadEmpty"), ErrorCode::kInvalid);
  EXPECT_EQ(code(400, "DeviceTokenNotForTopic"), ErrorCode::kBadGateway);
  EXPECT_EQ(code(403, "InvalidProviderToken"), ErrorCode::kBadGateway);
  EXPECT_EQ(code(429, "TooManyRequests"), ErrorCode::kBadGateway);
  EXPECT_EQ(code(503, ""), ErrorCode::kBadGateway);
}

TEST(ApnsClient, AMessageFitsTheService) {
  const TestServer server(answering(200, ""));
  net::HttpClient http({.allow_private_addresses = true});
  const ApnsClient client(http, options_of(server));
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += "\"ü";
  ASSERT_TRUE(client.send(kDevice, {.title = "a", .text = text}, {}));
  const std::string body = server.requests().at(0).body;
  EXPECT_LE(body.size(), 4'096U);
  EXPECT_TRUE(parse_json("body", body)) << "no character is cut";
}

TEST(ApnsClient, TakesDeviceTokensOnly) {
  EXPECT_TRUE(check_device_token("token", kDevice));
  EXPECT_TRUE(check_device_token("token", std::string(200, 'F')));
  for (const std::string& text :
       {std::string(), std::string(62, 'a'), std::string(65, 'a'), std::string(202, 'a'),
        std::string(63, 'a') + "g", "../" + std::string(61, 'a')}) {
    EXPECT_EQ(check_device_token("token", text).error().field, "token") << text;
  }
}

}  // namespace
}  // namespace fit::notify
