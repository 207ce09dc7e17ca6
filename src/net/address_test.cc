#include "net/address.h"

#include <gtest/gtest.h>

namespace fit::net {
namespace {

TEST(Address, AcceptsPublicAddresses) {
  for (const char* host :
       {"1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.0", "100.63.255.255",
        "100.128.0.0", "223.255.255.255", "2606:4700::1111", "[2a00:1450:4001:81b::200e]", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::1", "2001:200::1"}) {
    EXPECT_EQ(literal_is_public(host), true) << host;
  }
}

TEST(Address, RejectsSpecialPurposeAddresses) {
  for (const char* host : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.0.9",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::127.0.0.1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.1.2.3",
                           "::ffff:a9fe:a9fe",
                           "64:ff9b::7f00:1",
                           "64:ff9b::10.0.0.1",
                           "64:ff9b:1::808:808",
                           "2002:7f00:1::1",
                           "2002:c0a8:101::",
                           "fe80::1",
                           "[fe80::1%25eth0]",
                           "fec0::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "ff02::1",
                           "2001::1",
                           "2001:10::1",
                           "2001:20::1",
                           "2001:db8::1",
                           "3fff::1",
                           "3fff:fff::1",
                           "100::1",
                           "5f00::1"}) {
    EXPECT_EQ(literal_is_public(host), false) << host;
  }
}

TEST(Address, DistinguishesNamesFromAddresses) {
  for (const char* host :
       {"example.com", "localhost", "", "1.2.3", "1.2.3.4.5", "12345", "[", "10.0.0.1.example.com"}) {
    EXPECT_EQ(literal_is_public(host), std::nullopt) << host;
  }
}

}  // namespace
}  // namespace fit::net
