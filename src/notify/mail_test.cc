#include "notify/mail.h"

#include <gtest/gtest.h>

#include "notify/account_mail.h"

namespace fit::notify {
namespace {

const Sender kSender{.name = "Find This Fit", .address = "fit@shop.example"};

TEST(Mail, HasTheFieldsOfTheStandard) {
  const std::string text = write_mail({.to = "ada@x.example", .subject = "Hello", .body = "A line\n"},
                                      kSender, Timestamp(std::chrono::seconds(1'700'000'000)));
  EXPECT_TRUE(
      text.starts_with("From: \"Find This Fit\" <fit@shop.example>\r\nTo: ada@x.example\r\nSubject: Hello\r\n"
                       "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <"))
      << text;
  EXPECT_TRUE(text.contains("@shop.example>\r\n"));
  EXPECT_TRUE(text.ends_with("\r\n\r\nQSBsaW5lCg==\r\n")) << text;
}

TEST(Mail, NoTextAddsAField) {
  const std::string text =
      write_mail({.to = "ada@x.example\r\nBcc: eve@x.example",
                  .subject = "Hello\r\nBcc: eve@x.example\r\n\r\nbody",
                  .body = ""},
                 {.name = "a\nBcc: eve@x.example \"q\"", .address = "fit@shop.example"}, now());
  EXPECT_FALSE(text.contains("\nBcc")) << text;
  EXPECT_FALSE(text.contains("\r\n\r\nbody")) << text;
  EXPECT_TRUE(text.contains(R"(\"q\"")")) << text;
}

TEST(Mail, TextsBeyondAsciiAreEncodedWords) {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "Größe ";
  const std::string text =
      write_mail({.to = "ada@x.example", .subject = subject, .body = std::string(1000, 'x')}, kSender, now());
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 78U + std::string("Subject: ").size());
  EXPECT_TRUE(text.contains("Subject: =?UTF-8?B?"));
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST(Mail, TextAndHtmlAreAlternatives) {
  const std::string text = write_mail(
      {.to = "ada@x.example",
       .subject = "Finds",
       .body = "A coat\n",
       .html = "<p>A coat <img src=\"cid:item-7\"></p>",
       .images = {{.name = "item-7", .mime_type = "image/jpeg", .content = Bytes(3, std::byte{'x'})}},
       .unsubscribe_url = "https://fit.example/u?token=t",
       .id = "m1"},
      kSender, now());
  const auto at = [&text](std::string_view part) { return text.find(part); };
  EXPECT_LT(at("List-Unsubscribe: <https://fit.example/u?token=t>\r\n"
               "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
            at("MIME-Version"));
  EXPECT_LT(at("Content-Type: multipart/alternative; boundary=\"alternative-m1\"\r\n\r\n"), at("text/plain"));
  EXPECT_LT(at("text/plain"), at("Content-Type: multipart/related; boundary=\"related-m1\""));
  EXPECT_LT(at("text/html"), at("Content-ID: <item-7>\r\nContent-Disposition: inline\r\n\r\neHh4\r\n"));
  EXPECT_TRUE(text.contains("Message-ID: <m1@shop.example>\r\n"));
  EXPECT_TRUE(text.ends_with("--related-m1--\r\n--alternative-m1--\r\n")) << text;
}

TEST(Mail, SendersAreAddressesWithOrWithoutNames) {
  EXPECT_EQ(Sender::parse("SMTP_FROM", "fit@shop.example").value().address, "fit@shop.example");
  const auto named = Sender::parse("SMTP_FROM", " Größe <Fit@shop.example> ").value();
  EXPECT_EQ(named.name, "Größe");
  EXPECT_EQ(named.address, "fit@shop.example");
  for (const char* text : {"", "fit", "fit@shop.example>", "<>", "a <b@c\r\nBcc: d@e>"}) {
    EXPECT_EQ(Sender::parse("SMTP_FROM", text).error().field, "SMTP_FROM") << text;
  }
}

TEST(Mail, AccountMailHasTheLink) {
  accounts::User user;
  user.email = "ada@x.example";
  user.name = "Ada";
  const Mail mail = account_mail(user, accounts::LinkPurpose::kReset, "https://fit.example/reset#token=x");
  EXPECT_EQ(mail.to, "ada@x.example");
  EXPECT_TRUE(mail.body.contains("Hello Ada,") && mail.body.contains("https://fit.example/reset#token=x"));
  EXPECT_NE(account_mail(user, accounts::LinkPurpose::kInvitation, "x").subject, mail.subject);
}

}  // namespace
}  // namespace fit::notify
