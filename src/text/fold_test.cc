#include "text/fold.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

namespace fit::text {
namespace {

TEST(Fold, FoldsLettersOfEveryScript) {
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"CRÊPE T-Shirt", "crepe t-shirt"},
      {"cafe\u0301 Łódź", "cafe lodz"},
      {"Grøn KJOLE Đầm", "gron kjole dam"},
      {"Große Größen WEIẞ", "grosse grossen weiss"},
      {"IŞILTILI ışıltılı İpek", "isiltili isiltili ipek"},
      {"Œuvre Æsthetic", "oeuvre aesthetic"},
      {"Oﬃcer", "officer"},
      {"𝗖𝗵𝗮𝗻𝗲𝗹 𝓑𝓪𝓰", "chanel bag"},
      {"ＮＩＫＥ", "nike"},
      {"Чёрный ЛЁГКИЙ", "черный легкий"},
      {"ΦΌΡΕΜΑ φόρεμα ς", "φορεμα φορεμα σ"},
      {"שִׂמְלָה", "שמלה"},
      {"أحمر إلى آخر ٱلثوب", "احمر الي اخر الثوب"},
      {"فستـــان", "فستان"},
      {"کفش مشکی", "كفش مشكي"},
      {"حقيبة", "حقيبه"},
      {"٤٢ ۴۲ ४२", "42 42 42"},
      {"ｼﾞｬｹｯﾄ", "ジャケット"},
      {"เสื้อยืด", "เสื้อยืด"},
      {"rip\u00adstop zero\u200bwidth", "ripstop zerowidth"},
      {"Nike™ Air®", "nike air"},
      {"á\u0323", "a"},
  };
  for (const auto& [text, folded] : texts) {
    EXPECT_EQ(fold(text), folded) << text;
  }
}

TEST(Fold, KeepsOtherCharacters) {
  EXPECT_EQ(fold("$50 – 👗!"), "$50 – 👗!");
  EXPECT_EQ(fold(""), "");
  EXPECT_EQ(fold("\xff\xe5\xa4"), "\xff\xe5\xa4");
}

TEST(Fold, IsTheSameTwice) {
  for (const std::string_view text :
       {"Große", "IŞILTILI", "สีแดง", "デニムジャケット", "أحمر", "ＮＩＫＥ", "ﬃ"}) {
    EXPECT_EQ(fold(fold(text)), fold(text)) << text;
  }
}

TEST(FoldingReader, TellsWhereCharactersStand) {
  FoldingReader reader("o\u0308ß👗");
  FoldedCharacter character;
  ASSERT_TRUE(reader.next(character));
  EXPECT_EQ(character.folded, "o");
  EXPECT_EQ(character.digraph, "oe");
  EXPECT_EQ(character.end, 3U);
  ASSERT_TRUE(reader.next(character));
  EXPECT_EQ(character.folded, "ss");
  EXPECT_EQ(character.begin, 3U);
  ASSERT_TRUE(reader.next(character));
  EXPECT_EQ(character.kind, CharacterKind::kOther);
  EXPECT_EQ(character.code, U'👗');
  EXPECT_FALSE(reader.next(character));
}

TEST(FoldingReader, TakesAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 60, '\0');
    for (char& c : text) c = static_cast<char>(random());
    FoldingReader reader(text);
    FoldedCharacter character;
    std::uint32_t at = 0;
    while (reader.next(character)) {
      EXPECT_EQ(character.begin, at);
      EXPECT_GT(character.end, at);
      at = character.end;
    }
    EXPECT_EQ(at, text.size());
  }
}

}  // namespace
}  // namespace fit::text
