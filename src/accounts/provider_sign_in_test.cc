#include "accounts/provider_sign_in.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

TEST(LocalPath, StaysOnThisServer) {
  for (const char* path :
       {"/", "/items/7", "/?text=navy%20coat&filters=%7B%7D#x", "/a//b", "/@evil.example"}) {
    EXPECT_TRUE(is_local_path(path)) << path;
  }
  for (const std::string& path :
       {std::string(), std::string("items"), std::string("//evil.example"), std::string("/\\evil.example"),
        std::string("\\\\evil.example"), std::string("https://evil.example"),
        std::string("javascript:alert(1)"), std::string("/a b"), std::string("/\t/evil.example"),
        std::string("/a\r\nSet-Cookie: x=1"), std::string("/\0", 2), std::string("/caf\xc3\xa9"),
        std::string(" /"), std::string("/") + std::string(1000, 'a')}) {
    EXPECT_FALSE(is_local_path(path)) << path;
  }
}

}  // namespace
}  // namespace fit::accounts
