#include "evaluate/outfit_evaluation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stop_token>

#include "base/temp_dir.h"

namespace fit::evaluate {
namespace {

// The hat goes with the scarf, the boots with nothing.
style::Compatibility two_friends() {
  return style::Compatibility::parse(R"({"format": 1, "categories": ["hat", "scarf", "boots", "bag"],
      "shares": [0.25, 0.25, 0.25, 0.25], "bias": [0, 0, 0, 0], "size_bias": [[0, 0, 0, 0]], "repeat": -3,
      "weights": [1], "factors": [[1], [1], [0], [0]]})")
      .value();
}

class OutfitQuestions : public ::testing::Test {
 protected:
  void write(const char* file, std::string_view text) const { std::ofstream(folder_.path() / file) << text; }
  Result<OutfitEvaluation> evaluate(const std::stop_token& stop = {}) const {
    return evaluate_outfits(two_friends(), folder_.path(), stop);
  }
  std::string problem(std::string_view questions) const {
    write("blanks-validation.csv", questions);
    const auto done = evaluate();
    EXPECT_FALSE(done) << questions;
    return done ? "" : done.error().describe();
  }

 private:
  TempDir folder_;
};

TEST_F(OutfitQuestions, AreAnsweredByTheHighestScore) {
  write("blanks-validation.csv",
        "outfit,a,b,c,d,right\n"
        "hat,boots,scarf,hat,bag,1\n"       // the scarf
        "hat|hat,boots,bag,hat,scarf,0\n"   // the scarf: wrong
        "cape|scarf,bag,boots,hat,cap,2\n"  // the hat; a cape and a cap are unknown
        "cape,bag,boots,hat,scarf,0\n");    // nothing is known: the first of equal ones
  const auto done = evaluate();
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->questions, 4);
  EXPECT_EQ(done->correct, 3);
  EXPECT_EQ(done->with_unknown_category, 2);
  EXPECT_FALSE(done->correct_by_pairs);
  const Json json = to_json(*done);
  EXPECT_EQ(json["compatibility"]["correct"], 3);
  EXPECT_TRUE(json["pairs"].is_null());
}

TEST_F(OutfitQuestions, AreAnsweredByPairsToo) {
  write("blanks-validation.csv",
        "outfit,a,b,c,d,right\nhat,boots,scarf,bag,cap,0\nhat,scarf,boots,bag,cap,3\n");
  write("train.csv", "hat,boots\nhat,boots,bag\nscarf,bag\nscarf,boots,bag\n");
  const auto done = evaluate();
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->correct_by_pairs, 1);
}

TEST_F(OutfitQuestions, StopAndAreMissed) {
  EXPECT_EQ(evaluate().error().code, ErrorCode::kNotFound);
  write("blanks-validation.csv", "outfit,a,b,c,d,right\nhat,boots,scarf,bag,cap,0\n");
  std::stop_source source;
  EXPECT_TRUE(evaluate(source.get_token()));
  source.request_stop();
  EXPECT_EQ(evaluate(source.get_token()).error().code, ErrorCode::kCancelled);
}

TEST_F(OutfitQuestions, OfAnotherFormAreRefused) {
  EXPECT_EQ(problem(""), "invalid: blanks-validation.csv: is empty");
  EXPECT_EQ(problem("outfit,a,b,c,d,right\n"), "invalid: blanks-validation.csv: has no questions");
  EXPECT_EQ(problem("outfit,a,b,c,right\n"), "invalid: blanks-validation.csv: has no column \"d\"");
  const std::string header = "outfit,a,b,c,d,right\n";
  EXPECT_EQ(problem(header + "hat,a,b,c,d,0\nhat,a,b,c,d,4\n"),
            "invalid: blanks-validation.csv: line 3: right must be 0, 1, 2 or 3");
  EXPECT_EQ(problem(header + "hat,a,b,c,d,\n"),
            "invalid: blanks-validation.csv: line 2: right must be 0, 1, 2 or 3");
  EXPECT_EQ(problem(header + "|,a,b,c,d,1\n"),
            "invalid: blanks-validation.csv: line 2: the outfit has no pieces");
  EXPECT_EQ(problem(header + "hat,a,,c,d,1\n"),
            "invalid: blanks-validation.csv: line 2: the choice b is empty");
  EXPECT_NE(problem(header + "hat,a,b\n").find("line 2: has 3 fields"), std::string::npos);
}

TEST(Shares, HaveWilsonsInterval) {
  const Share half = share_of(50, 100);
  EXPECT_EQ(half.value, 0.5);
  EXPECT_NEAR(half.lower, 0.4038, 1e-4);
  EXPECT_NEAR(half.upper, 0.5962, 1e-4);
  EXPECT_NEAR(share_of(0, 10).lower, 0, 1e-12);
  EXPECT_NEAR(share_of(0, 10).upper, 0.2775, 1e-4);
  EXPECT_NEAR(share_of(10, 10).upper, 1, 1e-12);
}

TEST(SharedOutfits, AreAnsweredBetterThanByPairs) {
  const std::filesystem::path folder = std::filesystem::path(FIT_SOURCE_DIR) / "../shared/data/outfits";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "needs " << folder;
  const auto compatibility = style::Compatibility::load();
  ASSERT_TRUE(compatibility) << compatibility.error().describe();
  const auto done = evaluate_outfits(*compatibility, folder, {});
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->questions, 2606);
  EXPECT_GE(share_of(done->correct, done->questions).value, 0.63);
  ASSERT_TRUE(done->correct_by_pairs);
  EXPECT_NEAR(share_of(*done->correct_by_pairs, done->questions).value, 0.589, 0.002);
}

}  // namespace
}  // namespace fit::evaluate
