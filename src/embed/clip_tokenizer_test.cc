#include "embed/clip_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "embed/tiny_models.h"
#include "embed/unicode.h"

namespace fit::embed {
namespace {

using Ids = std::vector<std::int64_t>;
using ::testing::HasSubstr;

constexpr int kContext = 77;

// Uses the vocabulary of the published models; skipped where it is absent.
class RealTokenizer : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path folder =
        std::filesystem::path(FIT_SOURCE_DIR) / "../shared/data/clip-tokenizer";
    if (!std::filesystem::exists(folder / "vocab.json")) GTEST_SKIP() << folder << " is absent";
    auto loaded = ClipTokenizer::load(folder / "vocab.json", folder / "merges.txt");
    ASSERT_TRUE(loaded) << loaded.error().describe();
    tokenizer_ = std::make_unique<ClipTokenizer>(*std::move(loaded));
  }
  Ids inner(std::string_view text) {
    Ids ids = tokenizer_->encode(text, kContext);
    EXPECT_EQ(ids.front(), 49406);
    EXPECT_EQ(ids.back(), 49407);
    return {ids.begin() + 1, ids.end() - 1};
  }
  std::unique_ptr<ClipTokenizer> tokenizer_;
};

TEST_F(RealTokenizer, MatchesPublishedExamples) {
  EXPECT_EQ(tokenizer_->encode("a photo of a cat", kContext), (Ids{49406, 320, 1125, 539, 320, 2368, 49407}));
  EXPECT_EQ(inner("a photo of a dog"), (Ids{320, 1125, 539, 320, 1929}));
  EXPECT_EQ(inner("the black dog"), (Ids{518, 1449, 1929}));
  EXPECT_EQ(inner("a photo of an astronaut riding a horse on mars"),
            (Ids{320, 1125, 539, 550, 18376, 6765, 320, 4558, 525, 7496}));
  EXPECT_EQ(inner("Apple CoreML developer tools on a Macbook Air are fast"),
            (Ids{3055, 19622, 5780, 10929, 5771, 525, 320, 20617, 1922, 631, 1953}));
  EXPECT_EQ(inner("hello world!"), (Ids{3306, 1002, 256}));
}

TEST_F(RealTokenizer, IgnoresCaseAndWhiteSpace) {
  EXPECT_EQ(inner("  A\t Photo\r\nof\u3000a\u00a0 CAT "), inner("a photo of a cat"));
  EXPECT_EQ(inner("ÉCOLE ÜBER ЖЁЛТЫЙ"), inner("école über жёлтый"));
}

TEST_F(RealTokenizer, SplitsAsTheReferenceDoes) {
  EXPECT_EQ(inner("it's"), inner("it 's"));
  EXPECT_EQ(inner("IT'S"), inner("it 's"));
  EXPECT_EQ(inner("we'll've"), inner("we 'll 've"));
  EXPECT_EQ(inner("501"), inner("5 0 1"));
  EXPECT_EQ(inner("levi501"), inner("levi 5 0 1"));
  EXPECT_EQ(inner("t-shirt"), inner("t - shirt"));
  EXPECT_NE(inner("!!!"), inner("! ! !"));
}

TEST_F(RealTokenizer, TruncatesToTheContextBeforeTheEndToken) {
  std::string words;
  for (int i = 0; i < 10000; ++i) words += "cat ";
  const Ids ids = tokenizer_->encode(words, kContext);
  ASSERT_EQ(ids.size(), 77u);
  EXPECT_EQ(ids.front(), 49406);
  EXPECT_EQ(ids[1], 2368);
  EXPECT_EQ(ids[75], 2368);
  EXPECT_EQ(ids.back(), 49407);
}

TEST_F(RealTokenizer, AcceptsAnyBytes) {
  std::mt19937 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::uint32_t i = random() % 60; i > 0; --i) text += static_cast<char>(random());
    const Ids ids = tokenizer_->encode(text, kContext);
    ASSERT_GE(ids.size(), 2u);
    ASSERT_LE(ids.size(), 77u);
    for (const std::int64_t id : ids) ASSERT_TRUE(id >= 0 && id < 49408);
  }
}

TEST_F(RealTokenizer, BoundsTheWorkOfALongWord) {
  for (const std::string_view unit : {"a", "ab", "\xf0\x9f\x98\x80", "\xff"}) {
    std::string text;
    while (text.size() < 4'000'000) text += unit;
    EXPECT_EQ(tokenizer_->encode(text, kContext).size(), 77u);
  }
  EXPECT_EQ(tokenizer_->encode(std::string(4'000'000, ' '), kContext).size(), 2u);
}

ClipTokenizer tiny() {
  return ClipTokenizer::parse(tiny_vocab_json(), tiny_merges()).value();
}

TEST(ClipTokenizer, MergesByRank) {
  EXPECT_EQ(tiny().encode("cat", 10), (Ids{515, 513, 516}));
  EXPECT_EQ(tiny().encode("do", 10), (Ids{515, 'd', 256 + 'o', 516}));  // "d o" is not "d o</w>"
  EXPECT_EQ(tiny().encode("dog", 10), (Ids{515, 514, 256 + 'g', 516}));
  EXPECT_EQ(tiny().encode("caca", 10), (Ids{515, 512, 'c', 256 + 'a', 516}));
  EXPECT_EQ(tiny().encode("", 10), (Ids{515, 516}));
}

TEST(ClipTokenizer, ReadsSpecialTokensInATextAsText) {
  for (const std::int64_t id : Ids(tiny().encode("<|endoftext|>", 50))) EXPECT_NE(id, 0);
  const Ids ids = tiny().encode("<|endoftext|>", 50);
  EXPECT_EQ(std::ranges::count(ids, 516), 1);
}

TEST(ClipTokenizer, HonoursSmallContexts) {
  EXPECT_EQ(tiny().encode("cat dog cat", 2), (Ids{515, 516}));
  EXPECT_EQ(tiny().encode("cat dog cat", 3), (Ids{515, 513, 516}));
  EXPECT_EQ(tiny().encode("dog", 3), (Ids{515, 514, 516}));
}

TEST(ClipTokenizer, AcceptsCrLf) {
  std::string merges = tiny_merges();
  for (std::size_t at = 0; (at = merges.find('\n', at)) != std::string::npos; at += 2)
    merges.insert(at, "\r");
  const auto tokenizer = ClipTokenizer::parse(tiny_vocab_json(), merges);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->encode("cat", 10), (Ids{515, 513, 516}));
}

TEST(ClipTokenizer, NamesTheBrokenFile) {
  const auto field = [](std::string_view vocab, std::string_view merges) {
    const auto tokenizer = ClipTokenizer::parse(vocab, merges);
    return tokenizer ? std::string() : tokenizer.error().field;
  };
  const std::string vocab = tiny_vocab_json();
  EXPECT_EQ(field("", tiny_merges()), "tokenizer_vocab");
  EXPECT_EQ(field("[]", tiny_merges()), "tokenizer_vocab");
  EXPECT_EQ(field("{\"a\": \"b\"}", tiny_merges()), "tokenizer_vocab");
  EXPECT_EQ(field("{\"a\": -1}", tiny_merges()), "tokenizer_vocab");
  EXPECT_EQ(field("{\"a\": 1}", tiny_merges()), "tokenizer_vocab");
  EXPECT_EQ(field(vocab, "c a t\n"), "tokenizer_merges");
  EXPECT_EQ(field(vocab, "ca\n"), "tokenizer_merges");
  EXPECT_EQ(field(vocab, "x y\n"), "tokenizer_vocab");
  const auto missing = ClipTokenizer::load("/nowhere/vocab.json", "/nowhere/merges.txt");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(Unicode, Classes) {
  for (const char32_t letter : {U'a', U'Z', U'é', U'ß', U'Ж', U'中', U'ñ', U'ก'})
    EXPECT_TRUE(is_letter(letter));
  for (const char32_t other : {U'1', U'!', U' ', U'_', U'€', U'\u0301', U'😀'})
    EXPECT_FALSE(is_letter(other));
  for (const char32_t number : {U'0', U'9', U'½', U'٣', U'Ⅷ'}) EXPECT_TRUE(is_number(number));
  EXPECT_EQ(to_lower(U'Ā'), U'ā');
  EXPECT_EQ(to_lower(U'Я'), U'я');
  EXPECT_EQ(to_lower(U'Ω'), U'ω');
  EXPECT_EQ(to_lower(U'ā'), U'ā');
}

TEST(Unicode, ReadsUtf8Strictly) {
  const auto codes = [](std::string_view text) {
    std::u32string all;
    for (std::size_t at = 0; at < text.size();) all += next_code(text, at);
    return all;
  };
  EXPECT_EQ(codes("aé中😀"), U"aé中😀");
  EXPECT_EQ(codes("\xc0\x80"), U"\ufffd\ufffd");            // an overlong form
  EXPECT_EQ(codes("\xed\xa0\x80"), U"\ufffd\ufffd\ufffd");  // a surrogate
  EXPECT_EQ(codes("\xf4\x90\x80\x80"), U"\ufffd\ufffd\ufffd\ufffd");
  EXPECT_EQ(codes("\xe4\xb8"), U"\ufffd\ufffd");  // truncated
  EXPECT_EQ(codes("\x80x"), U"\ufffdx");
}

}  // namespace
}  // namespace fit::embed
