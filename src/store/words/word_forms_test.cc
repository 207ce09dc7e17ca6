#include "store/words/word_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::store {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST(WordForms, GiveTheOtherNumber) {
  EXPECT_THAT(word_forms("Jackets"), ElementsAre("jackets", "jacket"));
  EXPECT_THAT(word_forms("jacket"), ElementsAre("jacket", "jackets"));
  EXPECT_THAT(word_forms("dresses"), Contains("dress"));
  EXPECT_THAT(word_forms("dress"), ElementsAre("dress", "dresses"));
  EXPECT_THAT(word_forms("body"), Contains("bodies"));
  EXPECT_THAT(word_forms("bodies"), Contains("body"));
  EXPECT_THAT(word_forms("scarves"), Contains("scarf"));
  EXPECT_THAT(word_forms("501"), ElementsAre("501"));
  EXPECT_THAT(word_forms("xs"), ElementsAre("xs"));
}

TEST(WordForms, TakeInnerMarksAway) {
  EXPECT_THAT(word_forms("levi's"), ElementsAre("levi s", "levis", "levi"));
  EXPECT_THAT(word_forms("t-shirts"), ::testing::IsSupersetOf({"t shirts", "t shirt", "tshirts", "tshirt"}));
  EXPECT_THAT(word_forms("'\""), IsEmpty());
}

TEST(Characters, AreCounted) {
  EXPECT_EQ(count_characters("caf\u00e9"), 4U);
  EXPECT_EQ(count_characters("\u5927\u8863"), 2U);
  EXPECT_TRUE(is_written_without_blanks("\u5927\u8863"));
  EXPECT_FALSE(is_written_without_blanks("coat"));
  EXPECT_FALSE(is_written_without_blanks(""));
}

}  // namespace
}  // namespace fit::store
