#include "text/inflection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

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

TEST(Inflected, GivesTheOtherNumber) {
  EXPECT_THAT(inflected("jackets"), ElementsAre("jackets", "jacket"));
  EXPECT_THAT(inflected("jacket"), ElementsAre("jacket", "jackets"));
  EXPECT_THAT(inflected("dresses"), Contains("dress"));
  EXPECT_THAT(inflected("dress"), ElementsAre("dress", "dresses"));
  EXPECT_THAT(inflected("body"), Contains("bodies"));
  EXPECT_THAT(inflected("bodies"), Contains("body"));
  EXPECT_THAT(inflected("scarves"), Contains("scarf"));
  EXPECT_THAT(inflected("501"), ElementsAre("501"));
  EXPECT_THAT(inflected("xs"), ElementsAre("xs"));
}

}  // namespace
}  // namespace fit::text
