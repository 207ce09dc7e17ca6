#include "http/trial_cursor.h"

#include <gtest/gtest.h>

#include <random>

namespace fit::http {
namespace {

TEST(TrialCursor, WhatIsWrittenIsRead) {
  const TrialCursor split{.experiment = style::ExperimentId{12},
                          .key = 9'000'000'000'000'000'000,
                          .variant = style::Variant::kB,
                          .rest = "AAaa+/9="};
  EXPECT_EQ(find_trial_cursor(encode_trial_cursor(split)).value(), split);
  const TrialCursor merged{.experiment = style::ExperimentId{3},
                           .key = 7,
                           .place = TrialPlace{.query = ~std::uint64_t{0}, .returned = 20, .taste_at = 1}};
  EXPECT_EQ(find_trial_cursor(encode_trial_cursor(merged)).value(), merged);
}

TEST(TrialCursor, OtherCursorsAreNoneOfAnExperiment) {
  EXPECT_FALSE(find_trial_cursor("").value());
  EXPECT_FALSE(find_trial_cursor("AAAAAA==").value());
}

TEST(TrialCursor, DamagedOnesAreRefused) {
  for (const char* const text :
       {"~", "~1", "~1.2.a", "~1.2.a.", "~1.2.c.AAAA", "~0.2.a.AAAA", "~1.0.a.AAAA", "~-1.2.a.AAAA",
        "~1.2.a.AAAA.B", "~1.2.ab.3.4", "~1.2.ab.3.4.-5", "~1.2.ab.3.99999999999.5", "~1.2.ab.x.4.5",
        "~99999999999999999999.2.a.AAAA", "~ 1.2.a.AAAA", "~1.2.ab.3.4.5.6.7.8.9"}) {
    const auto read = find_trial_cursor(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().field, "cursor");
  }
  EXPECT_FALSE(find_trial_cursor("~1.2.a." + std::string(100'000, 'A')));
}

TEST(TrialCursor, RandomTextsAreReadOrRefused) {
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): repeatable
  const std::string letters = "~.ab0123456789-+/=\xff";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "~";
    for (std::size_t length = random() % 40; length > 0; --length) text += letters[random() % letters.size()];
    const auto read = find_trial_cursor(text);
    if (read) {
      EXPECT_TRUE(find_trial_cursor(encode_trial_cursor(**read)));
    }
  }
}

}  // namespace
}  // namespace fit::http
