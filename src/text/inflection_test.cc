#include "text/inflection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Plural, IsRegular) {
  EXPECT_EQ(plural("jacket"), "jackets");
  EXPECT_EQ(plural("evening dress"), "evening dresses");
  EXPECT_EQ(plural("body"), "bodies");
  EXPECT_EQ(plural("jersey"), "jerseys");
  EXPECT_EQ(plural("brooch"), "brooches");
}

TEST(ChangeEnding, AppliesEachChangeThatFits) {
  constexpr EndingChange kChanges[] = {{"ies", "y", 3}, {"s", "", 3}, {"", "es"}};
  EXPECT_THAT(change_ending("bodies", kChanges), ElementsAre("body", "bodie", "bodieses"));
  EXPECT_THAT(change_ending("top", kChanges), ElementsAre("topes"));
  EXPECT_THAT(change_ending("ss", kChanges), ElementsAre("sses"));
}

TEST(WordForms, IncludeSingularAndPlural) {
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

TEST(WordForms, RemoveInnerMarks) {
  EXPECT_THAT(word_forms("levi's"), ElementsAre("levi s", "levis", "levi"));
  EXPECT_THAT(word_forms("t-shirts"), ::testing::IsSupersetOf({"t shirts", "t shirt", "tshirts", "tshirt"}));
  EXPECT_THAT(word_forms("'\""), IsEmpty());
}

}  // namespace
}  // namespace fit::text
