#include "style/taste/taste_rerank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "style/taste/taste_learner.h"

namespace fit::style {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A catalogue of two brands, one of which the person likes.
class TasteRerankTest : public testing::Test {
 protected:
  TasteRerankTest() {
    std::vector<TasteItem> sample(20);
    for (std::size_t i = 0; i < sample.size(); ++i) sample[i].brand = i % 2 == 0 ? "acme" : "other";
    background_ = std::make_shared<const TasteBackground>(std::vector<std::string>(), sample);
    liked_ = background_->prepare(sample[0]);
    other_ = background_->prepare(sample[1]);
    TasteLearner learner(background_);
    for (int i = 0; i < 12; ++i) {
      learner.add(liked_, 1, Timestamp());
      learner.add(other_, -1, Timestamp());
    }
    taste_ = learner.taste(Timestamp());
  }

  std::string order(const std::vector<double>& scores, const Taste& taste, double weight) {
    std::vector<TasteCandidate> candidates;  // of the other brand, the last of the liked one
    for (const double score : scores) candidates.push_back({.item = &other_, .score = score});
    candidates.back().item = &liked_;
    std::string order;
    for (const TasteRank& rank : rerank_by_taste(candidates, taste, weight)) {
      order += std::to_string(rank.candidate);
    }
    return order;
  }

  std::shared_ptr<const TasteBackground> background_;
  PreparedItem liked_;
  PreparedItem other_;
  Taste taste_;
};

TEST_F(TasteRerankTest, ATasteMovesAtMostByItsWeight) {
  EXPECT_GT(taste_.confidence(), 0.8);
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, taste_, 0.5), "0312");
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.85}, taste_, 0.5), "3012");
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, taste_, 0), "0132");
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, taste_, 0.1), "0132");
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, taste_, 100), order({0.9, 0.8, 0.2, 0.6}, taste_, 0.5))
      << "never more than half";
  EXPECT_EQ(order({0.9, 0.8, 0.7, 0.0}, taste_, 100), "0123") << "the least similar stays behind the best";
}

TEST_F(TasteRerankTest, NothingKnownMovesNothing) {
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, Taste(), 0.5), "0132");
  EXPECT_EQ(order({0.5, 0.5, 0.5, 0.5}, Taste(), 0.5), "0123");
  const std::vector<TasteCandidate> one = {{.item = &liked_, .score = 0.7}};
  EXPECT_EQ(rerank_by_taste(one, Taste(), 0.5).front().addition, 0);
  EXPECT_EQ(rerank_by_taste({}, taste_, 0.5).size(), 0U);
}

TEST_F(TasteRerankTest, AdditionsAreInUnitsOfTheScores) {
  const auto additions = [&](double scale) {
    const std::vector<TasteCandidate> candidates = {{.item = &other_, .score = 0.9 * scale},
                                                    {.item = &liked_, .score = 0.4 * scale},
                                                    {.item = nullptr, .score = 0.5 * scale}};
    const auto ranks = rerank_by_taste(candidates, taste_, 0.5);
    std::vector<double> found(3);
    for (const TasteRank& rank : ranks) found[rank.candidate] = rank.addition;
    return found;
  };
  const auto one = additions(1);
  const auto small = additions(0.01);
  EXPECT_LT(one[0], 0);
  EXPECT_GT(one[1], 0);
  EXPECT_EQ(one[2], 0) << "nothing is known of it";
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(small[i], one[i] / 100, 1e-12);
}

TEST_F(TasteRerankTest, HostileScoresStayBehind) {
  EXPECT_EQ(order({kNan, 0.8, kInfinity, 0.6}, taste_, 0.5).substr(2), "02");
  EXPECT_EQ(order({kNan, kNan, kNan, kNan}, taste_, 0.5), "0123");
  EXPECT_EQ(order({-1e308, 1e308, 0, 0}, taste_, 0.5).size(), 4U);
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, taste_, kNan), "0132");
  EXPECT_EQ(order({0.9, 0.8, 0.2, 0.6}, taste_, -3), "0132");
}

}  // namespace
}  // namespace fit::style
