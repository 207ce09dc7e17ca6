#include "http/trusted_proxies.h"

#include <gtest/gtest.h>

#include <random>

namespace fit::http {
namespace {

TrustedProxies trusted(std::string_view list) {
  return TrustedProxies::parse("TRUSTED_PROXIES", list).value();
}

// The address of the client that 10.0.0.1 names in these fields.
std::string client_of(std::string_view list, const std::vector<std::string>& fields) {
  Headers headers;
  for (const std::string& field : fields) headers.add("x-forwarded-for", field);
  return trusted(list).client_of({.address = "10.0.0.1"}, headers).address;
}

TEST(Address, HasOneText) {
  const auto text = [](std::string_view given) {
    const auto address = Address::parse(given);
    return address ? address->to_string() : std::string("none");
  };
  EXPECT_EQ(text("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(text("2001:DB8:0:0::1"), "2001:db8::1");
  EXPECT_EQ(text("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(text("::"), "::");
  for (const std::string_view other :
       {"", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "010.1.1.1", "1.2.3.4 ", "fe80::1%eth0", "[::1]",
        "::1::", "1:2:3:4:5:6:7:8:9", "0x7f.1", "1.2.3.4:80", "unknown"}) {
    EXPECT_EQ(text(other), "none") << other;
  }
  EXPECT_EQ(text(std::string_view("1.2.3.4\0", 8)), "none");
}

TEST(Address, LoopbackIsThisMachine) {
  for (const std::string_view own : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(Address::parse(own)->is_loopback()) << own;
  }
  for (const std::string_view other : {"0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "::2", "1::1"}) {
    EXPECT_FALSE(Address::parse(other)->is_loopback()) << other;
  }
}

TEST(TrustedProxies, AreAddressesAndNetworks) {
  const TrustedProxies proxies = trusted("127.0.0.1, 10.0.0.0/8,, 192.168.7.9/30 ,2001:db8::/33,::1");
  for (const std::string_view one : {"127.0.0.1", "10.255.1.2", "192.168.7.8", "192.168.7.11",
                                     "2001:db8:7fff::", "::1", "::ffff:10.1.2.3", "2001:db8::1%eth0"}) {
    EXPECT_TRUE(proxies.contains(one)) << one;
  }
  for (const std::string_view other :
       {"127.0.0.2", "11.0.0.1", "192.168.7.12", "2001:db8:8000::", "::2", "", "x", "::7f00:1"}) {
    EXPECT_FALSE(proxies.contains(other)) << other;
  }
  EXPECT_FALSE(trusted("").contains("127.0.0.1"));
  EXPECT_TRUE(trusted("").is_empty());
}

TEST(TrustedProxies, TheTwoKindsOfAddressesAreApart) {
  EXPECT_TRUE(trusted("0.0.0.0/0").contains("203.0.113.7"));
  EXPECT_FALSE(trusted("0.0.0.0/0").contains("2001:db8::1"));
  EXPECT_TRUE(trusted("::/0").contains("2001:db8::1"));
  EXPECT_FALSE(trusted("::/0").contains("203.0.113.7"));
}

TEST(TrustedProxies, OtherEntriesAreRefused) {
  for (const std::string_view list :
       {"proxy.example", "*", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8",
        "fe80::1%eth0", "127.0.0.1:80", "[::1]", "10.0.0.1 10.0.0.2", "/8", "10.0.0.0/8x"}) {
    const auto parsed = TrustedProxies::parse("TRUSTED_PROXIES", list);
    ASSERT_FALSE(parsed) << list;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(parsed.error().field, "TRUSTED_PROXIES");
  }
}

TEST(TrustedProxies, TheLastUntrustedAddressIsTheClients) {
  constexpr std::string_view kInner = "10.0.0.0/8";
  EXPECT_EQ(client_of(kInner, {"203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(client_of(kInner, {"1.1.1.1, 203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(client_of(kInner, {"1.1.1.1, 203.0.113.7, 10.0.0.3,10.0.0.2"}), "203.0.113.7");
  EXPECT_EQ(client_of(kInner, {"1.1.1.1", "203.0.113.7", "10.0.0.2"}), "203.0.113.7");
  EXPECT_EQ(client_of(kInner, {"forged <script>, unknown, 203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(client_of(kInner, {"2001:db8::7, 10.0.0.2"}), "2001:db8::7");
  EXPECT_EQ(client_of(kInner, {"10.0.0.5, 10.0.0.4"}), "10.0.0.5");
  EXPECT_EQ(client_of(kInner, {",, 203.0.113.7 ,\t,"}), "203.0.113.7");
}

TEST(TrustedProxies, AddressesMayHavePorts) {
  EXPECT_EQ(client_of("10.0.0.0/8", {"203.0.113.7:52100"}), "203.0.113.7");
  EXPECT_EQ(client_of("10.0.0.0/8", {"[2001:db8::7]:52100"}), "2001:db8::7");
  EXPECT_EQ(client_of("10.0.0.0/8", {"[2001:db8::7]"}), "2001:db8::7");
  EXPECT_EQ(client_of("10.0.0.0/8", {"::ffff:203.0.113.7"}), "203.0.113.7");
}

TEST(TrustedProxies, OtherTextsLeaveThePeersAddress) {
  for (const std::string& field : {std::string(),
                                   std::string(", ,"),
                                   std::string("unknown"),
                                   std::string("_hidden"),
                                   std::string("203.0.113.7, unknown"),
                                   std::string("203.0.113.7, garbage, 10.0.0.2"),
                                   std::string("fe80::1%eth0"),
                                   std::string("[fe80::1%25eth0]:80"),
                                   std::string("203.0.113.7:99999"),
                                   std::string("203.0.113.7:"),
                                   std::string("203.0.113.7:8x"),
                                   std::string("[203.0.113.7]"),
                                   std::string("[::1"),
                                   std::string("]::1["),
                                   std::string("[]"),
                                   std::string("[2001:db8::7]80"),
                                   std::string("\"203.0.113.7\""),
                                   std::string("for=203.0.113.7"),
                                   std::string("203.0.113.7;x"),
                                   std::string("203.0.113.7 203.0.113.8"),
                                   std::string("1.2.3.4\0", 8),
                                   std::string(70'000, ':'),
                                   std::string(60'000, '1')}) {
    EXPECT_EQ(client_of("10.0.0.0/8", {field}), "10.0.0.1") << field.substr(0, 100);
  }
  EXPECT_EQ(client_of("10.0.0.0/8", {}), "10.0.0.1");
}

TEST(TrustedProxies, LongListsAreRead) {
  std::string list = "203.0.113.7";
  while (list.size() < 60'000) list += ",10.0.0.2";
  EXPECT_EQ(client_of("10.0.0.0/8", {list}), "203.0.113.7");
  EXPECT_EQ(client_of("0.0.0.0/0", std::vector<std::string>(100, std::string(600, ','))), "10.0.0.1");
}

TEST(TrustedProxies, RandomTextsNameAnAddressOrNone) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): repeatable
  constexpr std::string_view kBytes = "0123456789abcdef.:,[]% \t\"xunkow";
  for (int i = 0; i < 20'000; ++i) {
    std::string field;
    for (unsigned size = random() % 60; size > 0; --size) field += kBytes[random() % kBytes.size()];
    const std::string address = client_of("10.0.0.0/8, ::/1", {field});
    EXPECT_TRUE(Address::parse(address)) << field;
  }
}

TEST(TrustedProxies, TheProtocolIsASingleWord) {
  const auto is_https = [](const std::vector<std::string>& fields, bool is_encrypted) {
    Headers headers;
    for (const std::string& field : fields) headers.add("x-forwarded-proto", field);
    return trusted("::1").client_of({.address = "::1", .is_https = is_encrypted}, headers).is_https;
  };
  EXPECT_TRUE(is_https({"https"}, false));
  EXPECT_TRUE(is_https({"HTTPS"}, false));
  EXPECT_FALSE(is_https({"http"}, true));
  for (const char* const field : {"", "https, http", "on", "wss", "httpss"}) {
    EXPECT_FALSE(is_https({field}, false)) << field;
    EXPECT_TRUE(is_https({field}, true)) << field;
  }
  EXPECT_FALSE(is_https({"https", "https"}, false));
  EXPECT_TRUE(is_https({}, true));
}

}  // namespace
}  // namespace fit::http
