#include "text/stems.h"

#include <gtest/gtest.h>

#include <utility>

namespace fit::text {
namespace {

TEST(Stems, AreSharedByFormsOfOneWord) {
  const std::pair<std::string_view, std::string_view> words[] = {
      {"knitted", "knitting"}, {"kleider", "kleid"},   {"hosen", "hose"},   {"robes", "robe"},
      {"vestidos", "vestido"}, {"scarpe", "scarpa"},   {"jurken", "jurk"},  {"kjoler", "kjole"},
      {"куртки", "куртка"},    {"φορεματα", "φορεμα"}, {"rochii", "rochie"}};
  for (const auto& [a, b] : words) {
    EXPECT_TRUE(Stems(a).share(b)) << a << " " << b;
    EXPECT_TRUE(Stems(b).share(a)) << a << " " << b;
    EXPECT_TRUE(b.starts_with(Stems(a).beginning())) << a << " " << b;
    EXPECT_GE(Stems(a).beginning().size(), 3U);
  }
}

TEST(Stems, AreNotSharedByOtherWords) {
  const std::pair<std::string_view, std::string_view> words[] = {{"jacket", "jack"}, {"dress", "drew"},
                                                                 {"kleid", "klein"}, {"shirt", "short"},
                                                                 {"куртка", "coat"}, {"501s", "501"}};
  for (const auto& [a, b] : words) EXPECT_FALSE(Stems(a).share(b)) << a << " " << b;
}

TEST(Stems, HaveNoneForShortWordsAndOtherScripts) {
  for (const std::string_view word : {"", "a", "on", "501s", "大衣", "자켓", "\xff"}) {
    EXPECT_EQ(Stems(word).beginning(), "") << word;
    EXPECT_FALSE(Stems(word).share(word)) << word;
  }
}

}  // namespace
}  // namespace fit::text
