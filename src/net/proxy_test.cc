#include "net/proxy.h"

#include <gtest/gtest.h>

namespace fit::net {
namespace {

ProxySettings settings(std::vector<std::string> no_proxy) {
  ProxySettings result;
  result.http = "http://p:1";
  result.https = "http://p:2";
  result.no_proxy = std::move(no_proxy);
  return result;
}

TEST(Proxy, DependsOnTheScheme) {
  EXPECT_EQ(settings({}).proxy_for("http", "example.com"), "http://p:1");
  EXPECT_EQ(settings({}).proxy_for("https", "example.com"), "http://p:2");
  EXPECT_EQ(ProxySettings().proxy_for("https", "example.com"), "");
}

TEST(Proxy, NoProxyCoversNamesAndSubdomains) {
  const ProxySettings some = settings({"example.com", ".corp", "127.0.0.1"});
  EXPECT_EQ(some.proxy_for("http", "example.com"), "");
  EXPECT_EQ(some.proxy_for("http", "IMG.Example.com"), "");
  EXPECT_EQ(some.proxy_for("http", "a.corp"), "");
  EXPECT_EQ(some.proxy_for("http", "127.0.0.1"), "");
  EXPECT_EQ(some.proxy_for("http", "notexample.com"), "http://p:1");
  EXPECT_EQ(some.proxy_for("http", "example.com.evil"), "http://p:1");
  EXPECT_EQ(settings({"*"}).proxy_for("https", "anything"), "");
}

TEST(Proxy, NoProxyCoversBlocks) {
  const ProxySettings some = settings({"10.0.0.0/8", "fd00::/8", "1.2.3.4/99", "5.0.0.0/x"});
  EXPECT_EQ(some.proxy_for("http", "10.9.8.7"), "");
  EXPECT_EQ(some.proxy_for("http", "fd12::1"), "");
  EXPECT_EQ(some.proxy_for("http", "11.0.0.1"), "http://p:1");
  EXPECT_EQ(some.proxy_for("http", "1.2.3.4"), "http://p:1");
  EXPECT_EQ(some.proxy_for("http", "5.0.0.0"), "http://p:1");
}

TEST(Proxy, ReadsTheEnvironment) {
  ::setenv("http_proxy", "http://one:1", 1);
  ::setenv("HTTPS_PROXY", "http://two:2", 1);
  ::setenv("NO_PROXY", "a.example, B.example", 1);
  const ProxySettings read = ProxySettings::from_environment();
  for (const char* name : {"http_proxy", "HTTPS_PROXY", "NO_PROXY"}) ::unsetenv(name);
  EXPECT_EQ(read.proxy_for("http", "x.example"), "http://one:1");
  EXPECT_EQ(read.proxy_for("https", "x.example"), "http://two:2");
  EXPECT_EQ(read.proxy_for("https", "b.example"), "");
}

}  // namespace
}  // namespace fit::net
