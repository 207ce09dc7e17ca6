#include "http/response_head.h"

#include <gtest/gtest.h>

#include "http/compression.h"

namespace fit::http {
namespace {

Response text(std::string body, int status = 200) {
  return {.status = status, .content_type = "text/plain", .body = std::move(body), .headers = {}};
}

TEST(ResponseHead, HasTheLengthOfTheBody) {
  const std::string head = response_head(text("abc"), 3, true);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nDate: "))
      << head;
  EXPECT_TRUE(head.ends_with(" GMT\r\n\r\n")) << head;
  EXPECT_TRUE(response_head(text(""), 0, false).contains("\r\nConnection: close\r\n"));
}

TEST(ResponseHead, AStatusWithoutABodyHasNoLength) {
  for (const int status : {204, 304}) {
    EXPECT_FALSE(response_head(text("", status), 0, true).contains("Content-")) << status;
  }
}

TEST(ResponseHead, NoValueForgesAField) {
  Response response = text("");
  response.headers.emplace_back("Location", "/x\r\nSet-Cookie: a=b");
  EXPECT_TRUE(response_head(response, 0, true).contains("\r\nLocation: /x  Set-Cookie: a=b\r\n"));
}

TEST(Compression, TextsAreCompressedForThoseWhoTakeIt) {
  Request request;
  request.headers.add("accept-encoding", "deflate, gzip;q=0.5");
  Response long_text = text(std::string(5000, 'a'));
  compress(request, long_text);
  EXPECT_LT(long_text.body.size(), 200U);
  EXPECT_TRUE(long_text.body.starts_with("\x1f\x8b"));
  ASSERT_EQ(long_text.headers.size(), 2U);
  EXPECT_EQ(long_text.headers[0], (std::pair<std::string, std::string>("Content-Encoding", "gzip")));

  Response short_text = text("abc");
  compress(request, short_text);
  EXPECT_EQ(short_text.body, "abc");
  Response picture = text(std::string(5000, 'a'));
  picture.content_type = "image/jpeg";
  compress(request, picture);
  EXPECT_EQ(picture.body.size(), 5000U);
  Response coded = text(std::string(5000, 'a'));
  coded.headers.emplace_back("Content-Encoding", "br");
  compress(request, coded);
  EXPECT_EQ(coded.body.size(), 5000U);
  Response plain = text(std::string(5000, 'a'));
  compress(Request{}, plain);
  EXPECT_EQ(plain.body.size(), 5000U);
}

TEST(Compression, ReadsQualities) {
  EXPECT_TRUE(accepts_encoding("br, gzip", "gzip"));
  EXPECT_TRUE(accepts_encoding("gzip;q=0.1", "gzip"));
  EXPECT_FALSE(accepts_encoding("gzip;q=0, br", "gzip"));
  EXPECT_FALSE(accepts_encoding("gzip;q=0.000, br;q=0.5", "gzip"));
  EXPECT_FALSE(accepts_encoding("br", "gzip"));
}

}  // namespace
}  // namespace fit::http
