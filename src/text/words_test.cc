#include "text/words.h"

#include <gmock/gmock.h>

#include <random>

namespace fit::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Words, FoldsCaseAccentsAndApostrophes) {
  EXPECT_EQ(Words("Men's CRÊPE  T-Shirt").joined(), "mens crepe t shirt");
  EXPECT_EQ(Words("women\u2019s \uff34\uff45\uff45").joined(), "womens tee");
  EXPECT_EQ(Words("cafe\u0301 Łódź").joined(), "cafe lodz");
  EXPECT_EQ(Words("black & white").joined(), "black and white");
  EXPECT_EQ(Words("Черное платье 黒い").joined(), "Черное платье 黒い");
}

TEST(Words, MarksTheGapBeforeEachWord) {
  const Words words("black/white, 80% wool. New u.s. line\nend");
  ASSERT_EQ(words.size(), 9U);
  EXPECT_EQ(words[0].gap, Gap::kStop);
  EXPECT_EQ(words[1].gap, Gap::kSlash);
  EXPECT_EQ(words[2].gap, Gap::kComma);
  EXPECT_TRUE(words[2].percent);
  EXPECT_EQ(words[4].gap, Gap::kStop);
  EXPECT_EQ(words[7].gap, Gap::kSpace);
  EXPECT_EQ(words[8].gap, Gap::kStop);
}

TEST(Words, ReportsThePositionsOfWords) {
  const std::string text = "é Red!";
  const Words words(text);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(text.substr(words[1].begin, words[1].end - words[1].begin), "Red");
}

TEST(Words, EnforcesItsLimits) {
  EXPECT_EQ(Words(std::string(1'000'000, 'a')).text(0).size(), Words::kMaxLength);
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "a ";
  EXPECT_EQ(Words(many).size(), Words::kMaxWords);
}

TEST(Words, AcceptsAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 200, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const Words words(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
      EXPECT_LT(words[i].begin, words[i].end);
      EXPECT_LE(words[i].end, text.size());
    }
  }
}

TEST(SplitWords, TakesLettersAndDigitsOfAnyScript) {
  EXPECT_THAT(split_words("Levi's 501\u00ae\u2014Denim_Jacket!"),
              ElementsAre("levi", "s", "501", "denim", "jacket"));
  EXPECT_THAT(split_words("K\u00c4RNTEN \u0141\u00f3d\u017a Sm\u00f8rrebr\u00f8d"),
              ElementsAre("karnten", "\u0142odz", "sm\u00f8rrebr\u00f8d"));
  EXPECT_THAT(split_words("cafe\u0301"), ElementsAre("cafe")) << "accents of their own";
  EXPECT_THAT(split_words("\u041a\u0423\u0420\u0422\u041a\u0410"),
              ElementsAre("\u043a\u0443\u0440\u0442\u043a\u0430"));
  EXPECT_THAT(split_words("\u5927\u8863\u3001\u7ea2\u8272"), ElementsAre("\u5927\u8863", "\u7ea2\u8272"));
  EXPECT_THAT(split_words("\U0001F457 ... '\"*"), IsEmpty());
  EXPECT_THAT(split_words(""), IsEmpty());
  EXPECT_THAT(split_words("\xe5\xa4"), ::testing::SizeIs(1)) << "a cut character is not read beyond the end";
}

TEST(Words, SplitsQueries) {
  const Words words("Levi's T-Shirt -- \u00c9cru 'x'", WordRule::kTyped);
  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(words.text(0), "levi's");
  EXPECT_EQ(words.text(1), "t-shirt");
  EXPECT_EQ(words.text(2), "\u00c9cru") << "other scripts stay as they are";
  EXPECT_EQ(words.text(3), "x");
}

TEST(Words, SplitsAtBlanks) {
  const Words words(" Under\t$1,000.\n", WordRule::kBlanks);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words.text(0), "under");
  EXPECT_EQ(words.text(1), "$1,000.");
  EXPECT_EQ(words[1].begin, 7U);
}

}  // namespace
}  // namespace fit::text
