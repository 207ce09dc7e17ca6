#include "text/analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace fit::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

// The tokens as "a|b c", where b is at the position of a.
std::string tokens(std::string_view text, Field field = Field::kDescription) {
  std::string all;
  visit_tokens(text, field, [&all](const IndexToken& token) {
    if (!all.empty()) all += token.is_beside ? '|' : ' ';
    all += token.text;
    return true;
  });
  return all;
}

std::vector<std::string> forms(std::string_view text) {
  std::vector<std::string> all;
  for (const QueryTerm& term : query_terms(text)) all.insert(all.end(), term.forms.begin(), term.forms.end());
  return all;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (const QueryTerm& term : query_terms(text)) all.push_back(term.word);
  return all;
}

TEST(VisitTokens, GivesWordsAndWholesOfMarkedNames) {
  EXPECT_EQ(tokens("Blue Jacket, new."), "blue jacket new");
  EXPECT_EQ(tokens("Arc'teryx"), "arc|arcteryx teryx");
  EXPECT_EQ(tokens("A.P.C."), "a|apc p c");
  EXPECT_EQ(tokens("H&M Y-3"), "h|hm m y|y3 3");
  EXPECT_EQ(tokens("rip-stop"), "rip|ripstop stop");
  EXPECT_EQ(tokens("A-COLD-WALL*"), "a|acoldwall cold wall");
  EXPECT_EQ(tokens("1.5 m"), "1 5 m") << "no 15";
  EXPECT_EQ(tokens("W32L34"), "w32l34|w32|l34");
  EXPECT_EQ(tokens("Größe"), "grosse|groesse");
  EXPECT_EQ(tokens("red - blue"), "red blue");
  EXPECT_EQ(tokens("\U0001F457 ... '\"*"), "");
}

TEST(VisitTokens, JoinsTheWordsOfNames) {
  EXPECT_EQ(tokens("Combo Earrings", Field::kTitle), "combo|+comboearrings earrings");
  EXPECT_EQ(tokens("The North Face", Field::kBrand), "the|+thenorth|+thenorthface north|+northface face");
  EXPECT_EQ(tokens("Dr. Martens", Field::kBrand), "dr|+drmartens martens");
  EXPECT_EQ(tokens("red, green", Field::kTitle), "red green") << "a comma parts";
  EXPECT_EQ(tokens("EU 42", Field::kSize), "eu|+eu42 42");
  EXPECT_EQ(tokens("Combo Earrings"), "combo earrings") << "descriptions are long";
}

TEST(VisitTokens, GivesCharactersAndPairsOfScriptsWithoutBlanks) {
  EXPECT_EQ(tokens("小包"), "小|小包 包");
  EXPECT_EQ(tokens("NIKE靴"), "nike 靴");
  EXPECT_EQ(tokens("청자켓"), "청|청자 자|자켓 켓");
  EXPECT_EQ(tokens("สี"), "สี") << "a vowel belongs to its letter";
  EXPECT_EQ(tokens("大衣、红"), "大|大衣 衣 红");
}

TEST(VisitTokens, StopsWhenTheVisitorDoes) {
  int count = 0;
  visit_tokens("a b c", Field::kTitle, [&count](const IndexToken&) { return ++count < 2; });
  EXPECT_EQ(count, 2);
}

TEST(QueryTerms, StandForOtherNumbersAndSpellings) {
  EXPECT_THAT(forms("Jackets"), ElementsAre("jackets", "jacket", "+jackets"));
  EXPECT_THAT(forms("levi's"), ElementsAre("levi s", "levis", "levi", "+levis"));
  EXPECT_THAT(forms("t-shirts"), IsSupersetOf({"t shirts", "t shirt", "tshirts", "tshirt"}));
  EXPECT_THAT(forms("501s"), IsSupersetOf({"501s", "501"}));
  EXPECT_THAT(forms("501"), IsSupersetOf({"501", "501s"}));
  EXPECT_THAT(forms("42"), ElementsAre("42", "+42"));
  EXPECT_THAT(forms("H&M"), IsSupersetOf({"h m", "hm"}));
  EXPECT_THAT(forms("größe"), IsSupersetOf({"grosse", "groesse"}));
  EXPECT_THAT(forms("'\""), IsEmpty());
}

TEST(QueryTerms, ArePartedByDictionaries) {
  EXPECT_THAT(words("NIKEスニーカー"), ElementsAre("nike", "スニーカー"));
  EXPECT_THAT(words("红色 大衣"), ElementsAre("红色", "大衣"));
  EXPECT_THAT(forms("化妆包"), Contains("化妆"));
  EXPECT_THAT(forms("包"), ElementsAre("包"));
  EXPECT_THAT(forms("ジャケット"), ElementsAre("ジャ ャケ ケッ ット"));
  EXPECT_THAT(forms("자켓"), ElementsAre("자켓"));
}

TEST(QueryTerms, TellWhereTheyStand) {
  const auto terms = query_terms("a  Arc'teryx!");
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[1].begin, 3U);
  EXPECT_EQ(terms[1].end, 12U);
  EXPECT_THAT(terms[1].parts, ElementsAre("arc", "teryx"));
}

TEST(JoinedName, HasNoMarks) {
  EXPECT_EQ(joined_name("The North Face"), "thenorthface");
  EXPECT_EQ(joined_name("H & M"), "hm");
  EXPECT_EQ(joined_name("A-COLD-WALL*"), "acoldwall");
  EXPECT_EQ(joined_name("優衣庫 U"), "優衣庫u");
  EXPECT_EQ(joined_name("..."), "");
}

TEST(Analyzer, TakesAnyBytes) {
  std::mt19937 random(9);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 80, '\0');
    for (char& c : text) c = static_cast<char>(random());
    visit_tokens(text, Field::kTitle, [&text](const IndexToken& token) {
      EXPECT_FALSE(token.text.empty());
      EXPECT_LE(token.text.size(), kLongestWord + 8);
      EXPECT_LE(token.end, text.size());
      return true;
    });
    for (const QueryTerm& term : query_terms(text)) EXPECT_FALSE(term.forms.empty());
  }
}

}  // namespace
}  // namespace fit::text
