#include "base/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/format.h"
#include "base/temp_dir.h"

namespace fit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CsvReaderTest : public ::testing::Test {
 protected:
  void write(std::string_view text) const {
    std::ofstream(folder_.path() / "a.csv", std::ios::binary) << text;
  }

  std::vector<CsvRow> read(std::string_view text, const CsvOptions& options = {}) {
    write(text);
    auto reader = CsvReader::open(folder_.path() / "a.csv", options);
    EXPECT_TRUE(reader);
    std::vector<CsvRow> rows;
    for (;;) {
      auto row = reader->next();
      if (!row || !*row) {
        EXPECT_TRUE(row);
        return rows;
      }
      rows.push_back(**std::move(row));
    }
  }

  TempDir folder_;
};

TEST_F(CsvReaderTest, QuotesCommasAndLineBreaks) {
  const auto rows = read("a,b,c\r\n1,\"x, y\",\"two\nlines\"\n2,\"say \"\"hi\"\"\",\r\n\"\",,\"last\"");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b", "c"));
  EXPECT_THAT(rows[1].fields, ElementsAre("1", "x, y", "two\nlines"));
  EXPECT_THAT(rows[2].fields, ElementsAre("2", "say \"hi\"", ""));
  EXPECT_THAT(rows[3].fields, ElementsAre("", "", "last"));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_EQ(rows[2].line, 4);
  EXPECT_EQ(rows[3].line, 5);
  EXPECT_EQ(rows[1].text, "1,\"x, y\",\"two\nlines\"");
  EXPECT_EQ(rows[0].end_offset, 7U);
}

TEST_F(CsvReaderTest, ByteOrderMarkAndBlankLines) {
  const auto rows = read("\xEF\xBB\xBF\n\r\nid,b\n\n\n1,2\r\n\r\n");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[0].fields, ElementsAre("id", "b"));
  EXPECT_EQ(rows[0].line, 3);
  EXPECT_EQ(rows[1].line, 6);
}

TEST_F(CsvReaderTest, EmptyFile) {
  EXPECT_THAT(read(""), IsEmpty());
  EXPECT_THAT(read("\xEF\xBB\xBF"), IsEmpty());
  EXPECT_THAT(read("\n\n"), IsEmpty());
}

TEST_F(CsvReaderTest, UnclosedQuoteCostsOneRow) {
  const auto rows = read("id,t\n1,a\n2,\"broken\n3,c\n4,d\n");
  ASSERT_THAT(rows, SizeIs(5));
  EXPECT_THAT(rows[2].problem, HasSubstr("never closed"));
  EXPECT_EQ(rows[2].line, 3);
  EXPECT_EQ(rows[2].text, "2,\"broken");
  EXPECT_THAT(rows[3].fields, ElementsAre("3", "c"));
  EXPECT_EQ(rows[3].line, 4);
  EXPECT_THAT(rows[4].fields, ElementsAre("4", "d"));
}

TEST_F(CsvReaderTest, UnclosedQuoteBeforeQuotedRows) {
  const auto rows = read("id,t\n1,\"broken\n2,\"good\"\n3,\"fine\"\n");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_THAT(rows[1].problem, HasSubstr("behind a closing quote"));
  EXPECT_THAT(rows[2].fields, ElementsAre("2", "good"));
  EXPECT_THAT(rows[3].fields, ElementsAre("3", "fine"));
}

TEST_F(CsvReaderTest, TextBehindAQuoteAndQuotesInsideAField) {
  const auto rows = read("id,t\n1,\"a\"b\n2,5\" heel\n3,c\n");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_THAT(rows[1].problem, HasSubstr("behind a closing quote"));
  EXPECT_THAT(rows[2].problem, HasSubstr("not quoted"));
  EXPECT_THAT(rows[3].fields, ElementsAre("3", "c"));
}

TEST_F(CsvReaderTest, AnotherNumberOfFields) {
  const auto rows = read("id,t\n1\n2,b,c\n3,d\n");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[1].problem, "has 1 fields where the header has 2");
  EXPECT_EQ(rows[2].problem, "has 3 fields where the header has 2");
  EXPECT_THAT(rows[3].fields, ElementsAre("3", "d"));
}

TEST_F(CsvReaderTest, WrongNumberOfFieldsOverSeveralLinesStartsAgainAtTheSecond) {
  const auto rows = read("id,t\n1,\"a\n2,b\n3,c\"\n4,d\n");
  ASSERT_THAT(rows, SizeIs(3));  // a well-formed row of three lines
  const auto broken = read("id,t,u\n1,\"a\n2,b,c\n3,\"\n4,d,e\n");
  ASSERT_THAT(broken, SizeIs(5));
  EXPECT_THAT(broken[1].problem, HasSubstr("is a quote missing?"));
  EXPECT_THAT(broken[2].fields, ElementsAre("2", "b", "c"));
  EXPECT_THAT(broken[3].problem, HasSubstr("never closed"));
  EXPECT_EQ(broken[3].line, 4);
  EXPECT_THAT(broken[4].fields, ElementsAre("4", "d", "e"));
}

TEST_F(CsvReaderTest, RetryFromSecondLine) {
  write(std::string_view("id,t\n1,\"a\n2,b\n3,c\"\n4,d\n"));
  auto reader = CsvReader::open(folder_.path() / "a.csv");
  ASSERT_TRUE(reader->next());
  EXPECT_THAT((*reader->next())->fields, ElementsAre("1", "a\n2,b\n3,c"));
  reader->retry_from_second_line();
  const auto second = reader->next();
  EXPECT_THAT((*second)->fields, ElementsAre("2", "b"));
  EXPECT_EQ((*second)->line, 3);
  reader->retry_from_second_line();  // no effect on a row of a single line
  EXPECT_THAT((*reader->next())->problem, HasSubstr("not quoted"));
  EXPECT_THAT((*reader->next())->fields, ElementsAre("4", "d"));
}

TEST_F(CsvReaderTest, LongRowsAreBounded) {
  CsvOptions limits;
  limits.max_row_bytes = 1000;
  const std::string long_text(300'000, 'x');
  const auto rows = read("id,t\n1," + long_text + "\n2,\"" + long_text + "\n3,c\n", limits);
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_THAT(rows[1].problem, HasSubstr("longer than 1000 bytes"));
  EXPECT_LE(rows[1].text.size(), kMaxRowText);
  EXPECT_THAT(rows[2].problem, HasSubstr("longer than 1000 bytes"));
  EXPECT_THAT(rows[3].fields, ElementsAre("3", "c"));
  EXPECT_EQ(rows[3].line, 4);
}

TEST_F(CsvReaderTest, TooManyFields) {
  CsvOptions limits;
  limits.max_fields = 3;
  const auto rows = read("a,b\n,,,,,,,\n1,2\n", limits);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[1].problem, "has more than 3 fields");
}

TEST_F(CsvReaderTest, ZeroBytesAndHighBytesPassThrough) {
  const auto rows = read(std::string_view("id,t\n1,\0\xFF\n", 10));
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[1].fields[1], std::string_view("\0\xFF", 2));
}

// For any bytes the reader ends, line numbers and offsets increase, and a row has either fields or a problem.
TEST_F(CsvReaderTest, RandomBytes) {
  constexpr std::string_view kAlphabet = "ab1,,\"\"\n\n\r \0\xC3";
  CsvOptions limits;
  limits.max_row_bytes = 50;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    std::mt19937_64 random(seed);
    std::string text = "x,y\n";
    const std::size_t size = random() % 400;
    for (std::size_t i = 0; i < size; ++i) text.push_back(kAlphabet[random() % kAlphabet.size()]);
    const auto rows = read(text, limits);
    std::int64_t line = 0;
    std::uint64_t offset = 0;
    for (const CsvRow& row : rows) {
      ASSERT_GT(row.line, line) << seed;
      ASSERT_GT(row.end_offset, offset) << seed;
      ASSERT_NE(row.fields.empty(), row.problem.empty()) << seed;
      line = row.line;
      offset = row.end_offset;
    }
    ASSERT_LE(line, std::ranges::count(text, '\n') + 1) << seed;
    ASSERT_LE(offset, text.size()) << seed;
  }
}

// Damage to one byte leaves most rows readable.
TEST_F(CsvReaderTest, OneDamagedByteCostsFewRows) {
  std::string text = "id,title,price\n";
  for (int i = 0; i < 100; ++i) text += fit::format("{},\"Dress, no. {}\",{}.50\n", i, i, i);
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    std::string damaged = text;
    damaged[15 + random() % (text.size() - 15)] = "\"\n,"[random() % 3];
    const auto rows = read(damaged);
    const auto good = std::ranges::count_if(rows, [](const CsvRow& row) { return row.problem.empty(); });
    EXPECT_GE(good, 1 + 98) << seed;
  }
}

TEST(CsvReaderErrorTest, MissingFileAndFolder) {
  const TempDir folder;
  EXPECT_EQ(CsvReader::open(folder.path() / "no.csv").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(CsvReader::open(folder.path()).error().code, ErrorCode::kInvalid);
}

TEST_F(CsvReaderTest, OtherSeparators) {
  for (const char separator : {';', '\t', '|'}) {
    std::string text = "a,b\n\"1,2\",\"x\"\n";
    std::ranges::replace(text, ',', separator);
    text.replace(text.find('1') + 1, 1, ",");
    const auto rows = read(text, {.separator = separator});
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_THAT(rows[1].fields, ElementsAre("1,2", "x"));
  }
}

TEST_F(CsvReaderTest, LenientRowsKeepTheirQuotes) {
  const CsvOptions lenient{.is_lenient = true};
  const auto rows = read(
      "id,title,price\n"
      "1,5\" heel,10\n"
      "2,\"the \"best\" coat\",20\n"
      "3,\"Vintage\" dress,30\n"
      "4,\"say \\\"hi\\\"\",40\n"
      "5,\"a \"\"b\"\"\",50\n",
      lenient);
  ASSERT_THAT(rows, SizeIs(6));
  for (const CsvRow& row : rows) EXPECT_THAT(row.problem, IsEmpty()) << row.text;
  EXPECT_EQ(rows[1].fields[1], "5\" heel");
  EXPECT_FALSE(rows[1].is_repaired);
  EXPECT_EQ(rows[2].fields[1], "the \"best\" coat");
  EXPECT_TRUE(rows[2].is_repaired);
  EXPECT_EQ(rows[3].fields[1], "\"Vintage\" dress");
  EXPECT_EQ(rows[4].fields[1], "say \"hi\"");
  EXPECT_EQ(rows[5].fields[1], "a \"b\"");
}

TEST_F(CsvReaderTest, LenientRowsMayHaveOtherNumbersOfFields) {
  const auto rows = read("a,b,c\n1,2\n1,2,3,4\n\"1\n2\",3\n4,5,6\n", {.is_lenient = true});
  ASSERT_THAT(rows, SizeIs(6));
  EXPECT_THAT(rows[1].fields, SizeIs(2));
  EXPECT_THAT(rows[2].fields, SizeIs(4));
  EXPECT_THAT(rows[3].problem, HasSubstr("is a quote missing?"));  // the row has two lines
  EXPECT_THAT(rows[5].fields, ElementsAre("4", "5", "6"));
}

}  // namespace
}  // namespace fit
