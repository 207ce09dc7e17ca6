#include "base/byte_stream.h"

#include <gtest/gtest.h>

#include <limits>

namespace fit {
namespace {

TEST(ByteStream, ReadsWhatWasWritten) {
  ByteWriter writer;
  writer.put(std::int64_t{-5});
  writer.put(true);
  writer.put(std::numeric_limits<double>::quiet_NaN());
  writer.put_text("jacket");
  writer.put_text("");
  const Bytes bytes = writer.take();
  ByteReader reader(bytes);
  EXPECT_EQ(reader.get<std::int64_t>(), -5);
  EXPECT_TRUE(reader.get_bool());
  EXPECT_TRUE(std::isnan(reader.get<double>()));
  EXPECT_EQ(reader.get_text(), "jacket");
  EXPECT_EQ(reader.get_text(), "");
  EXPECT_TRUE(reader.is_done());
}

TEST(ByteStream, TruncationIsNoticed) {
  ByteWriter writer;
  writer.put(std::uint32_t{7});
  writer.put_text("jacket");
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    ByteReader reader(ByteView(writer.bytes()).first(size));
    reader.get<std::uint32_t>();
    reader.get_text();
    EXPECT_FALSE(reader.ok()) << size;
    EXPECT_EQ(reader.get<std::int64_t>(), 0) << "nothing is read any more";
  }
}

TEST(ByteStream, ACountIsBoundedByTheBytesThatFollow) {
  ByteWriter writer;
  writer.put(std::uint64_t{1} << 60);
  writer.put(std::uint64_t{1});
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.get_count(8), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteStream, ALengthBeyondTheEndIsNoticed) {
  ByteWriter writer;
  writer.put(std::numeric_limits<std::uint64_t>::max());
  ByteReader reader(writer.bytes());
  EXPECT_TRUE(reader.get_bytes().empty());
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace fit
