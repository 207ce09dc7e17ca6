#include "text/characters.h"

#include <gtest/gtest.h>

namespace fit::text {
namespace {

TEST(Characters, AreCounted) {
  EXPECT_EQ(count_characters("caf\u00e9"), 4U);
  EXPECT_EQ(count_characters("\u5927\u8863"), 2U);
}

TEST(Characters, AreReadAndAppended) {
  for (const char32_t code : {U'a', U'\u00e9', U'\u5927', U'\U0001F457'}) {
    std::string text;
    append_code(text, code);
    std::size_t at = 0;
    EXPECT_EQ(next_code(text, at), code);
    EXPECT_EQ(at, text.size());
  }
  std::size_t at = 0;
  EXPECT_EQ(next_code("\xe5\xa4", at), kNotUtf8);
  EXPECT_EQ(at, 1U) << "the byte is skipped alone";
}

}  // namespace
}  // namespace fit::text
