#include "search/result_quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace fit::search {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array<const char*, 2> kTestKinds = {"photo", "words"};
constexpr double kNoSimilarity = std::numeric_limits<double>::quiet_NaN();

TEST(ResultQuality, CountsFirstPagesByWhatTheyHave) {
  Metrics metrics;
  ResultQuality quality(metrics, kTestKinds, "palette");
  quality.note_page(0, {.hits = 3, .similarity = 0.93, .relevance = 0.8});
  quality.note_page(0, {.hits = 3, .similarity = 0.35, .relevance = 0.4});
  quality.note_page(0, {.hits = 1, .similarity = 0.5, .relevance = {}});
  quality.note_page(1, {.hits = 0, .similarity = kNoSimilarity, .relevance = {}});
  quality.note_page(1, {.hits = 1, .similarity = kNoSimilarity, .relevance = {}});
  const std::string text = metrics.expose();
  for (const char* const line : {R"(fit_first_pages_total{kind="photo",outcome="relevant"} 1)",
                                 R"(fit_first_pages_total{kind="photo",outcome="irrelevant"} 1)",
                                 R"(fit_first_pages_total{kind="photo",outcome="not_judged"} 1)",
                                 R"(fit_first_pages_total{kind="photo",outcome="empty"} 0)",
                                 R"(fit_first_pages_total{kind="words",outcome="empty"} 1)",
                                 R"(fit_first_result_similarity_bucket{kind="photo",le="0.4"} 1)",
                                 R"(fit_first_result_similarity_count{kind="photo"} 3)",
                                 R"(fit_first_result_similarity_count{kind="words"} 0)"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(CentroidDrift, IsTheDistanceOfTheLatestVectorsFromTheUsualOnes) {
  CentroidDrift drift;
  const std::vector<float> usual = {1, 0};
  const std::vector<float> other = {0, 1};
  for (std::uint64_t i = 0; i < 2 * CentroidDrift::kRecent - 1; ++i) drift.add(usual);
  EXPECT_FALSE(drift.drift().has_value()) << "too few vectors";
  for (std::uint64_t i = 0; i < CentroidDrift::kUsual; ++i) drift.add(usual);
  EXPECT_NEAR(drift.drift().value(), 0, 1e-9);
  for (std::uint64_t i = 0; i < CentroidDrift::kRecent; ++i) drift.add(other);
  const double shifted = drift.drift().value();
  EXPECT_GT(shifted, 0.3);
  for (std::uint64_t i = 0; i < 4 * CentroidDrift::kUsual; ++i) drift.add(other);
  EXPECT_LT(drift.drift().value(), 0.01) << "what goes on for long becomes the usual";
}

TEST(ResultQuality, ShowsTheDriftOfQueries) {
  Metrics metrics;
  ResultQuality quality(metrics, kTestKinds, "palette");
  const std::vector<float> vector = {0.6F, 0.8F};
  for (std::uint64_t i = 0; i < CentroidDrift::kRecent; ++i) quality.note_vector(vector);
  EXPECT_THAT(metrics.expose(), Not(HasSubstr("fit_query_drift_ratio")));
  for (std::uint64_t i = 0; i < CentroidDrift::kRecent; ++i) quality.note_vector(vector);
  EXPECT_THAT(metrics.expose(), HasSubstr(R"(fit_query_drift_ratio{space="palette"})"));
}

TEST(DistanceBetween, IsUnknownOfAZeroVector) {
  const std::vector<double> zero = {0, 0};
  const std::vector<double> one = {0, 2};
  EXPECT_FALSE(distance_between(zero, one).has_value());
  EXPECT_NEAR(distance_between(one, one).value(), 0, 1e-12);
  EXPECT_NEAR(distance_between(one, std::vector<double>{3, 0}).value(), 1, 1e-12);
}

}  // namespace
}  // namespace fit::search
