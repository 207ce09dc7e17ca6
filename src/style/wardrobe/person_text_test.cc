#include "style/wardrobe/person_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PersonText, IsSettledOrRefused) {
  std::string text = " \tNew coat\n ";
  ASSERT_TRUE(settle_text("name", text, 8));
  EXPECT_EQ(text, "New coat");
  for (std::string wrong : {"New coats", "\xFF", "caf\xC3", "a\nb", "a\x7F"}) {
    const auto settled = settle_text("name", wrong, 8);
    ASSERT_FALSE(settled) << wrong;
    EXPECT_EQ(settled.error().field, "name") << wrong;
  }
  std::string lines = "a\r\n\tb";
  EXPECT_TRUE(settle_text("notes", lines, 8, /*may_break=*/true));
  lines = "a\x01";
  EXPECT_FALSE(settle_text("notes", lines, 8, /*may_break=*/true));
}

TEST(PersonText, ListsAreJoinedAndSplit) {
  EXPECT_EQ(join_list({}), "");
  const std::vector<std::string> parts = {"work", "a b"};
  EXPECT_EQ(join_list(parts), "work;a b");
  EXPECT_THAT(split_list("work;a b"), ElementsAre("work", "a b"));
  EXPECT_THAT(split_list("; work ;;a b;"), ElementsAre("work", "a b"));
  EXPECT_THAT(split_list(" ; "), IsEmpty());
  EXPECT_THAT(split_list(""), IsEmpty());
}

}  // namespace
}  // namespace fit::style
