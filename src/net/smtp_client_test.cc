#include "net/smtp_client.h"

#include <gtest/gtest.h>

namespace fit::net {
namespace {

TEST(SmtpServer, ParsesAddressesWithCredentials) {
  const auto server = SmtpServer::parse("SMTP_URL", "smtp://shop%40x:p%3Aw@mail.example:587").value();
  EXPECT_EQ(server.url, "smtp://mail.example:587");
  EXPECT_EQ(server.user, "shop@x");
  EXPECT_EQ(server.password, "p:w");
  EXPECT_FALSE(server.is_loopback);
  EXPECT_EQ(SmtpServer::parse("SMTP_URL", "smtps://Mail.Example/").value().url, "smtps://mail.example");
  for (const char* url : {"smtp://localhost:25", "smtp://127.0.0.1:2525", "smtp://[::1]:25"}) {
    EXPECT_TRUE(SmtpServer::parse("SMTP_URL", url).value().is_loopback) << url;
  }
}

TEST(SmtpServer, RefusesOtherAddresses) {
  for (const char* url : {"", "mail.example:587", "http://mail.example", "smtp://", "smtp://mail.example/x",
                          "smtp://mail.example:587?x=y", "smtp://mail.example:99999"}) {
    const auto parsed = SmtpServer::parse("SMTP_URL", url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().field, "SMTP_URL");
  }
}

TEST(SmtpClient, RefusesAddressesThatAreCommands) {
  const SmtpClient client(SmtpServer::parse("SMTP_URL", "smtp://127.0.0.1:1").value());
  for (const char* to : {"", "a@x\r\nDATA", "a@x> NOTIFY=NEVER", "a b@x"}) {
    EXPECT_EQ(client.send({.from = "fit@x.example", .to = to, .text = "x"}, {}).error().code,
              ErrorCode::kInvalid)
        << to;
  }
}

TEST(SmtpClient, AServerThatIsAwayIsAnError) {
  const SmtpClient client(SmtpServer::parse("SMTP_URL", "smtp://127.0.0.1:1").value());
  const auto sent = client.send({.from = "fit@x.example", .to = "ada@x.example", .text = "x\r\n"}, {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kBadGateway);
  const auto checked = client.check({});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::kBadGateway);
}

}  // namespace
}  // namespace fit::net
