#include "http/byte_range.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

TEST(ByteRangeTest, ReadsOneRange) {
  struct Case {
    const char* header;
    RangeKind kind;
    ByteRange part;
  };
  for (const Case& one : std::vector<Case>{
           {"bytes=0-0", RangeKind::kPart, {0, 1}},
           {"bytes=2-5", RangeKind::kPart, {2, 4}},
           {"Bytes=2-", RangeKind::kPart, {2, 8}},
           {"bytes=-3", RangeKind::kPart, {7, 3}},
           {"bytes=-30", RangeKind::kPart, {0, 10}},
           {"bytes=9-99999999999999999", RangeKind::kPart, {9, 1}},
           {"bytes=10-", RangeKind::kUnsatisfiable, {}},
           {"bytes=-0", RangeKind::kUnsatisfiable, {}},
           {"", RangeKind::kWhole, {}},
           {"items=0-1", RangeKind::kWhole, {}},
           {"bytes=5-2", RangeKind::kWhole, {}},
           {"bytes=0-1,3-4", RangeKind::kWhole, {}},
           {"bytes=-", RangeKind::kWhole, {}},
           {"bytes=a-b", RangeKind::kWhole, {}},
           {"bytes=1-b", RangeKind::kWhole, {}},
           {"bytes=99999999999999999999-", RangeKind::kWhole, {}},
       }) {
    const RangeRequest range = parse_range(one.header, 10);
    EXPECT_EQ(range.kind, one.kind) << one.header;
    EXPECT_EQ(range.part, one.part) << one.header;
  }
  EXPECT_EQ(parse_range("bytes=-1", 0).kind, RangeKind::kUnsatisfiable);
}

TEST(ByteRangeTest, APartIsNamed) {
  Request request;
  request.headers.add("range", "bytes=2-4");
  Response response{.status = 200, .content_type = "image/png", .body = "0123456789", .headers = {}};
  const RangeRequest range = requested_range(request, 10, "\"a\"");
  EXPECT_TRUE(apply_range(range, 10, response));
  EXPECT_EQ(range.part, (ByteRange{.offset = 2, .size = 3}));
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.headers.back().second, "bytes 2-4/10");
}

TEST(ByteRangeTest, AnotherVersionIsSentWhole) {
  Request request;
  request.headers.add("range", "bytes=2-4");
  request.headers.add("if-range", "\"b\"");
  Response response{.status = 200, .content_type = "image/png", .body = "0123456789", .headers = {}};
  const RangeRequest range = requested_range(request, 10, "\"a\"");
  EXPECT_TRUE(apply_range(range, 10, response));
  EXPECT_EQ(range.kind, RangeKind::kWhole);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "0123456789");
}

TEST(ByteRangeTest, ARangeBeyondTheEndHasNoContent) {
  Request request;
  request.headers.add("range", "bytes=10-");
  Response response{.status = 200, .content_type = "image/png", .body = "0123456789", .headers = {}};
  EXPECT_FALSE(apply_range(requested_range(request, 10, "\"a\""), 10, response));
  EXPECT_EQ(response.status, 416);
  EXPECT_EQ(response.body, "");
}

}  // namespace
}  // namespace fit::http
