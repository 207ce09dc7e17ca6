// Signed links, webhooks, ntfy and push messages, as the other side gets them.
#include <gtest/gtest.h>

#include "base/json.h"
#include "net/test_server.h"
#include "notify/ntfy.h"
#include "notify/push_client.h"
#include "notify/signed_link.h"
#include "notify/webhook.h"

namespace fit::notify {
namespace {

using net::TestServer;

constexpr auto kTime = Timestamp(std::chrono::seconds(1'700'000'000));

TEST(SignedLink, OnlyItsKeyAndActionAccept) {
  const SignedLink link{.action = LinkAction::kConfirm, .tenant = "shop", .id = 7, .expires_at = kTime};
  const std::string token = write_token(link, "key");
  const auto parsed = parse_token(token).value();
  EXPECT_EQ(parsed.tenant, "shop");
  EXPECT_EQ(parsed.id, 7);
  const Timestamp before = kTime - std::chrono::seconds(1);
  const auto check = [&](std::string_view text, std::string_view key, LinkAction action, Timestamp time) {
    return check_token(text, key, action, action, time).has_value();
  };
  EXPECT_TRUE(check(token, "key", LinkAction::kConfirm, before));
  EXPECT_FALSE(check(token, "key", LinkAction::kConfirm, kTime)) << "expired";
  EXPECT_FALSE(check(token, "another", LinkAction::kConfirm, before));
  EXPECT_FALSE(check(token, "key", LinkAction::kFeed, before));
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == '8' ? '9' : '8';
    EXPECT_FALSE(check(changed, "key", LinkAction::kConfirm, before)) << changed;
  }
  for (const char* text : {"", ".", "....", "confirm.shop.7.0", "confirm.shop.x.0.y", "none.shop.7.0.y"}) {
    EXPECT_EQ(check_token(text, "key", LinkAction::kConfirm, LinkAction::kConfirm, before).error().code,
              ErrorCode::kNotFound)
        << text;
  }
  EXPECT_EQ(parse_token(std::string(10'000, '.')).error().code, ErrorCode::kNotFound);
}

// The example of the specification of Standard Webhooks.
TEST(Webhook, SignsAsTheStandardDoes) {
  const auto signature =
      webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Timestamp(std::chrono::seconds(1'614'265'330)), R"({"test": 2432232314})");
  EXPECT_EQ(signature.value(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_NE(make_webhook_secret(), make_webhook_secret());
  EXPECT_TRUE(webhook_signature(make_webhook_secret(), "a", kTime, "b"));
  EXPECT_FALSE(webhook_signature("secret", "a", kTime, "b"));
}

// Sends a webhook to a server that answers with a status.
Result<void> send_to(int status) {
  const TestServer server([status](const TestServer::Request&, TestServer::Connection& connection) {
    connection.send(TestServer::answer(status, ""));
  });
  net::HttpClient http({.allow_private_addresses = true});
  const auto sent =
      send_webhook(http, {.url = server.url("/hook"), .id = "m1", .body = "{}"}, make_webhook_secret(), {});
  EXPECT_EQ(server.requests().size(), 1U) << "one attempt";
  return sent;
}

TEST(Webhook, AStatusSaysWhetherToTryAgain) {
  EXPECT_TRUE(send_to(200));
  EXPECT_TRUE(send_to(204));
  EXPECT_EQ(send_to(410).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(send_to(400).error().code, ErrorCode::kInvalid);
  for (const int status : {302, 429, 500, 503}) {
    EXPECT_EQ(send_to(status).error().code, ErrorCode::kBadGateway) << status;
  }
}

TEST(Webhook, ReachesNoPrivateAddress) {
  const TestServer server([](const TestServer::Request&, TestServer::Connection&) {});
  net::HttpClient http({});
  EXPECT_EQ(send_webhook(http, {.url = server.url("/"), .id = "m", .body = "{}"}, make_webhook_secret(), {})
                .error()
                .code,
            ErrorCode::kInvalid);
  EXPECT_TRUE(server.requests().empty());
}

TEST(Ntfy, PublishesToItsTopic) {
  const TestServer server([](const TestServer::Request&, TestServer::Connection& connection) {
    connection.send(TestServer::answer(200, "{}"));
  });
  net::HttpClient http({.allow_private_addresses = true});
  ASSERT_TRUE(send_ntfy(http,
                        {.topic_url = server.url("/sub/coats"),
                         .title = "Grüße",
                         .text = "A coat\n",
                         .click_url = "https://fit.example/items/7"},
                        {}));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/sub/");
  const Json body = parse_json("body", requests[0].body).value();
  EXPECT_EQ(body["topic"], "coats");
  EXPECT_EQ(body["title"], "Grüße");
  EXPECT_EQ(body["click"], "https://fit.example/items/7");
  for (const char* url : {"https://ntfy.sh/", "https://ntfy.sh", "ntfy.sh/x", "https://ntfy.sh/a?b=c",
                          "https://ntfy.sh/a%20b", "ftp://ntfy.sh/x"}) {
    EXPECT_EQ(check_topic_url("url", url).error().field, "url") << url;
  }
}

TEST(PushClient, SendsTheHeadersOfTheStandards) {
  const TestServer server([](const TestServer::Request&, TestServer::Connection& connection) {
    connection.send(TestServer::answer(201, ""));
  });
  net::HttpClient http({.allow_private_addresses = true});
  const VapidKey browser = read_vapid_key(make_vapid_pem().value()).value();
  const PushClient client(http, read_vapid_key(make_vapid_pem().value()).value(), "mailto:ops@fit.example");
  ASSERT_TRUE(client.send({.endpoint = server.url("/push/1"),
                           .keys = {.p256dh = browser.public_key, .auth = "AAAAAAAAAAAAAAAAAAAAAA"}},
                          "hello", {}));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].headers.at("content-encoding"), "aes128gcm");
  EXPECT_EQ(requests[0].headers.at("ttl"), "86400");
  EXPECT_TRUE(requests[0].headers.at("authorization").starts_with("vapid t=eyJ"));
  EXPECT_TRUE(requests[0].headers.at("authorization").ends_with(", k=" + client.public_key()));
  EXPECT_EQ(requests[0].body.size(), 16U + 4 + 1 + 65 + std::string("hello").size() + 1 + 16);
}

}  // namespace
}  // namespace fit::notify
