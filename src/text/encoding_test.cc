#include "text/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace fit::text {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Encoding detect(std::string_view text, std::size_t piece = 1 << 20) {
  EncodingDetector detector;
  for (std::size_t at = 0; at < text.size(); at += piece) detector.add(text.substr(at, piece));
  return detector.finish();
}

std::string decode(const std::string& encoding, std::string_view bytes, std::size_t piece = 1 << 20) {
  auto decoder = Decoder::open(encoding).value();
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += piece)
    decoder.decode(bytes.substr(at, piece), false, text);
  decoder.decode({}, true, text);
  return text;
}

// The decoded text of the file.
std::string read(std::string_view bytes) {
  const Encoding encoding = detect(bytes);
  return decode(encoding.name, bytes.substr(encoding.mark_bytes));
}

std::string utf16(std::u16string_view text, bool little) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    bytes += little ? low : high;
    bytes += little ? high : low;
  }
  return bytes;
}

TEST(Encoding, Utf8IsNoGuess) {
  for (const std::string_view text : {"", "id,title\n", "Robe d'été", "化妆包", "\U0001F457"}) {
    EXPECT_EQ(detect(text).name, "UTF-8");
    EXPECT_FALSE(detect(text).is_guess);
    for (const std::size_t piece : {1, 2, 3}) EXPECT_EQ(detect(text, piece).stray_bytes, 0) << text;
  }
  EXPECT_EQ(detect("\xEF\xBB\xBFid").mark_bytes, 3U);
}

TEST(Encoding, WesternTextIsWindows1252) {
  const std::string_view text =
      "id,title,brand\nc1,Robe d'\xE9t\xE9 cr\xE8me,Chlo\xE9\nc2,T-shirt \x96 \x93neuf\x94,A\n";
  EXPECT_EQ(detect(text).name, "windows-1252");
  EXPECT_TRUE(detect(text).is_guess);
  EXPECT_THAT(read(text), HasSubstr("Robe d'été crème,Chloé"));
  EXPECT_THAT(read(text), HasSubstr("T-shirt – “neuf”"));
  EXPECT_THAT(read("id;titel\n1;Gr\xFC\xDF"
                   "e aus K\xF6ln, 20 \x80\n"),
              HasSubstr("Grüße aus Köln, 20 €"));
  EXPECT_THAT(read("id;t\n1;Blus\xE3o\n"), HasSubstr("Blusão"));
}

TEST(Encoding, LettersDecideBetweenLatinEncodings) {
  EXPECT_THAT(read("id,titre\r1,Robe d'\x8Et\x8E cr\x8Fme\r2,Pull ray\x8E\r"), HasSubstr("Robe d'été crème"));
  EXPECT_THAT(read("id,titre\r\n1,Robe d'\x82t\x82 cr\x8Ame\r\n2,Pull ray\x82\r\n"),
              HasSubstr("Robe d'été crème"));
  EXPECT_THAT(read("id;tytu\xB3\n1;Sukienka z koronk\xB9, \xBF\xF3\xB3ta\n"),
              HasSubstr("Sukienka z koronką, żółta"));
}

TEST(Encoding, OtherScripts) {
  std::string cyrillic;
  for (int i = 0; i < 20; ++i) {
    cyrillic +=
        "1;\xCF\xEB\xE0\xF2\xFC\xE5 \xEB\xE5\xF2\xED\xE5\xE5 \xE6\xE5\xED\xF1\xEA\xEE\xE5 \xE8\xE7 "
        "\xF5\xEB\xEE\xEF\xEA\xE0\n";
  }
  EXPECT_EQ(detect(cyrillic).name, "windows-1251");
  EXPECT_THAT(read(cyrillic), HasSubstr("Платье летнее женское из хлопка"));
  EXPECT_THAT(read("id,title\n1,\x83\x8F\x83\x93\x83\x73\x81\x5B\x83\x58\n"), HasSubstr("ワンピース"));
}

TEST(Encoding, Utf16WithAndWithoutMark) {
  const std::u16string text = u"id\ttitle\n1\tRobe d'été 化\U0001F457\n2\tplain\n";
  for (const bool little : {true, false}) {
    EXPECT_EQ(read(utf16(text, little)), "id\ttitle\n1\tRobe d'été 化\U0001F457\n2\tplain\n");
    EXPECT_EQ(read(utf16(u"\uFEFF" + text, little)), "id\ttitle\n1\tRobe d'été 化\U0001F457\n2\tplain\n");
  }
  EXPECT_FALSE(detect(utf16(u"\uFEFF" + text, true)).is_guess);
  const std::u16string pair = u"\U0001F457";
  std::u16string many;
  for (int i = 0; i < 9000; ++i) many += (i % 2 == 0 ? pair : u"x" + pair);
  EXPECT_THAT(decode("UTF-16LE", utf16(many, true), 7), Not(HasSubstr("\uFFFD")));
}

TEST(Encoding, AFewStrayBytesInUtf8AreReadAsWindows1252) {
  const std::string_view text = "1,été\n2,crème\n3,Chlo\xE9\n";
  const Encoding encoding = detect(text);
  EXPECT_EQ(encoding.name, "UTF-8");
  EXPECT_EQ(encoding.stray_bytes, 1);
  EXPECT_EQ(read(text), "1,été\n2,crème\n3,Chloé\n");
}

TEST(Encoding, PiecesMakeNoDifference) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    std::string bytes;
    for (std::uint64_t size = random() % 40; size > 0; --size) {
      bytes += random() % 3 == 0 ? std::string("é") : std::string(1, static_cast<char>(random() % 255 + 1));
    }
    const Encoding whole = detect(bytes);
    for (const std::size_t piece : {1, 2, 3, 5}) {
      EXPECT_EQ(detect(bytes, piece).name, whole.name) << seed;
      EXPECT_EQ(detect(bytes, piece).stray_bytes, whole.stray_bytes) << seed;
      EXPECT_EQ(decode(whole.name, bytes, piece), decode(whole.name, bytes)) << seed;
    }
    EXPECT_TRUE(is_utf8(decode(whole.name, bytes))) << seed;
    EXPECT_THAT(decode(whole.name, bytes), Not(HasSubstr("\uFFFD"))) << seed;
  }
}

TEST(Encoding, UnknownNamesAreRefused) {
  EXPECT_EQ(Decoder::open("no-such-encoding").error().field, "encoding");
}

}  // namespace
}  // namespace fit::text
