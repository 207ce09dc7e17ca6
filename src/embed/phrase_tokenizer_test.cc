#include "embed/phrase_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::embed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PhraseTokenizer tokenizer() {
  return PhraseTokenizer::parse("[unknown]\nnavy\nnavy blue\nt shirt\nshirt\ndress\njeans\nlong sleeve top\n")
      .value();
}

TEST(PhraseTokenizer, TakesTheLongestPhrase) {
  EXPECT_THAT(tokenizer().encode("navy blue T-Shirt", 10), ElementsAre(2, 3));
  EXPECT_THAT(tokenizer().encode("navy shirt", 10), ElementsAre(1, 4));
  EXPECT_THAT(tokenizer().encode("Long-Sleeve top, NAVY", 10), ElementsAre(7, 1));
}

TEST(PhraseTokenizer, MatchesPlurals) {
  EXPECT_THAT(tokenizer().encode("shirts dresses jean t-shirts", 10), ElementsAre(4, 5, 6, 3));
}

TEST(PhraseTokenizer, SkipsUnknownWords) {
  EXPECT_THAT(tokenizer().encode("a lovely navy thing of a dress!", 10), ElementsAre(1, 5));
  EXPECT_THAT(tokenizer().encode("quixotic", 10), ElementsAre(0));
  EXPECT_THAT(tokenizer().encode("", 10), ElementsAre(0));
  EXPECT_THAT(tokenizer().encode(" \xff\xfe \x01 ,,, ", 10), ElementsAre(0));
}

TEST(PhraseTokenizer, StopsWhenTheContextIsFull) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "navy dress ";
  EXPECT_THAT(tokenizer().encode(text, 3), ElementsAre(1, 5, 1));
}

TEST(PhraseTokenizer, RejectsABrokenVocabulary) {
  for (const auto& [lines, problem] :
       {std::pair{"", "no phrase"}, {"a\n\nb\n", "line 2 is empty"}, {"a\nb\na\n", "line 3 is repeated"}}) {
    const auto parsed = PhraseTokenizer::parse(lines);
    ASSERT_FALSE(parsed) << lines;
    EXPECT_EQ(parsed.error().field, "tokenizer_vocab");
    EXPECT_THAT(parsed.error().message, HasSubstr(problem));
  }
}

}  // namespace
}  // namespace fit::embed
