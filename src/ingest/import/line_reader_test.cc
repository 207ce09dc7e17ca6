#include "ingest/import/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/temp_dir.h"
#include "catalog/test_support.h"

namespace fit::ingest {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class LineReaderTest : public ::testing::Test {
 protected:
  std::vector<Line> read(std::string_view text, std::size_t max_line_bytes = 1000) {
    catalog::testing::write_file(folder_.path() / "a.ndjson", text);
    auto reader = LineReader::open(folder_.path() / "a.ndjson", max_line_bytes);
    std::vector<Line> lines;
    for (;;) {
      auto line = reader->next();
      if (!line || !*line) return lines;
      lines.push_back(**std::move(line));
    }
  }

  TempDir folder_;
};

TEST_F(LineReaderTest, LinesWithNumbersAndOffsets) {
  const auto lines = read("\xEF\xBB\xBF{}\n\n  \r\nb\r\nlast");
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0].text, "{}");
  EXPECT_EQ(lines[0].number, 1);
  EXPECT_EQ(lines[0].end_offset, 6U);
  EXPECT_EQ(lines[1].text, "b\r");
  EXPECT_EQ(lines[1].number, 4);
  EXPECT_EQ(lines[2].text, "last");
  EXPECT_EQ(lines[2].number, 5);
}

TEST_F(LineReaderTest, Empty) {
  EXPECT_THAT(read(""), IsEmpty());
  EXPECT_THAT(read("\n\n"), IsEmpty());
}

TEST_F(LineReaderTest, LongLinesAreSkipped) {
  std::string text = "a\n";
  text.append(500'000, 'x').append("\nb\n").append(2000, 'y');
  const auto lines = read(text);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[1].problem, "is longer than 1000 bytes");
  EXPECT_EQ(lines[1].text, std::string(1024, 'x'));
  EXPECT_EQ(lines[1].number, 2);
  EXPECT_EQ(lines[2].text, "b");
  EXPECT_EQ(lines[2].number, 3);
  EXPECT_EQ(lines[3].problem, "is longer than 1000 bytes");
}

TEST_F(LineReaderTest, EveryLengthAroundTheBlocks) {
  for (const std::size_t size : {std::size_t{999}, std::size_t{1000}}) {
    std::string text(size, 'x');
    text.push_back('\n');
    EXPECT_THAT(read(text).at(0).problem, IsEmpty());
  }
  for (std::size_t size = (64 << 10) - 2; size <= (64 << 10) + 2; ++size) {
    std::string text(size, 'x');
    text.append("\ny\n");
    const auto lines = read(text, 1 << 20);
    ASSERT_THAT(lines, SizeIs(2)) << size;
    EXPECT_EQ(lines[0].text.size(), size);
    EXPECT_EQ(lines[1].text, "y");
    EXPECT_EQ(lines[1].end_offset, size + 3);
  }
}

TEST_F(LineReaderTest, ReadsRandomLinesUnchanged) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<std::string> wanted;
    std::string text;
    for (std::uint64_t i = 0; i < random() % 50; ++i) {
      wanted.emplace_back(1 + random() % 900, static_cast<char>('a' + random() % 26));
      text += wanted.back() + "\n";
    }
    const auto lines = read(text);
    ASSERT_THAT(lines, SizeIs(wanted.size()));
    for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_EQ(lines[i].text, wanted[i]);
  }
}

}  // namespace
}  // namespace fit::ingest
