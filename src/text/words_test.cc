#include "text/words.h"

#include <gtest/gtest.h>

#include <random>

namespace fit::text {
namespace {

TEST(Words, FoldsCaseAccentsAndApostrophes) {
  EXPECT_EQ(Words("Men's CRÊPE  T-Shirt").joined(), "mens crepe t shirt");
  EXPECT_EQ(Words("women\u2019s \uff34\uff45\uff45").joined(), "womens tee");
  EXPECT_EQ(Words("cafe\u0301 Łódź").joined(), "cafe lodz");
  EXPECT_EQ(Words("black & white").joined(), "black and white");
  EXPECT_EQ(Words("Черное платье 黒い").joined(), "черное платье 黒い");
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

TEST(Words, SplitsQueries) {
  const Words words("Levi's T-Shirt -- \u00c9cru 'x' H&M A.P.C. red/blue", WordRule::kTyped);
  ASSERT_EQ(words.size(), 8U);
  EXPECT_EQ(words.text(0), "levi's");
  EXPECT_EQ(words.text(1), "t-shirt");
  EXPECT_EQ(words.text(2), "ecru");
  EXPECT_EQ(words.text(3), "x");
  EXPECT_EQ(words.text(4), "h&m");
  EXPECT_EQ(words.text(5), "a.p.c");
  EXPECT_EQ(words.text(6), "red");
  EXPECT_EQ(words.text(7), "blue");
}

}  // namespace
}  // namespace fit::text
