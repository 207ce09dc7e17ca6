#include "accounts/url_base64.h"

#include <gtest/gtest.h>

namespace fit::accounts {
namespace {

TEST(UrlBase64, ReadsWhatItWrites) {
  for (const std::string bytes : {"", "a", "ab", "abc", "\xff\xfe\xfd\xfc"}) {
    EXPECT_EQ(from_url_base64(url_base64(bytes)), bytes);
  }
  EXPECT_EQ(url_base64("\xff\xef\xbe"), "_---" + std::string()) << "the alphabet of URLs";
  for (const char* text : {"a", "ab=", "ab==", "a b", "a+b/", "ab\n", "é"}) {
    EXPECT_FALSE(from_url_base64(text)) << text;
  }
}

TEST(UrlBase64, HashesAsPkceDoes) {
  // The example of RFC 7636, appendix B.
  EXPECT_EQ(url_base64_of_hash("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  EXPECT_EQ(url_base64_of_hash("x", 16).size(), 22);
}

}  // namespace
}  // namespace fit::accounts
