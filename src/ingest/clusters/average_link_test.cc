#include "ingest/clusters/average_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Images as directions in degrees, with all pairs as their graph.
LinkInput directions(const std::vector<double>& degrees, double threshold) {
  LinkInput input{.vectors = {}, .dimensions = 2, .pairs = {}, .threshold = threshold};
  for (const double one : degrees) {
    input.vectors.push_back(static_cast<float>(std::cos(one * std::numbers::pi / 180)));
    input.vectors.push_back(static_cast<float>(std::sin(one * std::numbers::pi / 180)));
  }
  for (std::uint32_t i = 0; i < degrees.size(); ++i) {
    for (std::uint32_t j = i + 1; j < degrees.size(); ++j) {
      const double cosine = std::cos((degrees[i] - degrees[j]) * std::numbers::pi / 180);
      input.pairs.push_back({i, j, static_cast<float>(cosine)});
    }
  }
  return input;
}

// Average linkage by its definition: each mean over all pairs of images, anew at each step.
std::vector<std::uint32_t> linked_by_definition(const LinkInput& input) {
  const std::size_t count = input.vectors.size() / input.dimensions;
  std::vector<std::vector<std::uint32_t>> clusters;
  for (std::uint32_t i = 0; i < count; ++i) clusters.push_back({i});
  const auto mean = [&](const auto& one, const auto& other) {
    double sum = 0;
    for (const std::uint32_t a : one) {
      for (const std::uint32_t b : other) {
        for (std::size_t i = 0; i < input.dimensions; ++i) {
          sum += double{input.vectors[a * input.dimensions + i]} * input.vectors[b * input.dimensions + i];
        }
      }
    }
    return sum / static_cast<double>(one.size() * other.size());
  };
  for (;;) {
    double best = -2;
    std::size_t first = 0;
    std::size_t second = 0;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (std::size_t j = i + 1; j < clusters.size(); ++j) {
        if (const double one = mean(clusters[i], clusters[j]); one > best) {
          best = one;
          first = i;
          second = j;
        }
      }
    }
    if (clusters.size() < 2 || best < input.threshold) break;
    clusters[first].insert(clusters[first].end(), clusters[second].begin(), clusters[second].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
  }
  std::vector<std::uint32_t> names(count);
  for (const auto& cluster : clusters) {
    for (const std::uint32_t image : cluster) names[image] = std::ranges::min(cluster);
  }
  return names;
}

TEST(AverageLink, DoesNotChain) {
  // Each is near the next, and the first is far from the last.
  EXPECT_THAT(average_link(directions({0, 20, 41}, 0.9)), ElementsAre(0, 0, 2));
  EXPECT_THAT(average_link(directions({0, 10, 20}, 0.9)), ElementsAre(0, 0, 0));
  EXPECT_THAT(average_link(directions({0, 90, 1, 91}, 0.9)), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(average_link({}), IsEmpty());
}

TEST(AverageLink, AgreesWithItsDefinition) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (int round = 0; round < 20; ++round) {
    LinkInput input{.vectors = {}, .dimensions = 4, .pairs = {}, .threshold = 0.5 + 0.02 * round};
    for (int i = 0; i < 40; ++i) {
      std::vector<float> vector(4);
      float square = 0;
      for (float& number : vector) {
        number = normal(random);
        square += number * number;
      }
      for (const float number : vector) input.vectors.push_back(number / std::sqrt(square));
    }
    for (std::uint32_t i = 0; i < 40; ++i) {
      for (std::uint32_t j = i + 1; j < 40; ++j) input.pairs.push_back({i, j, 1});
    }
    const auto expected = linked_by_definition(input);
    EXPECT_EQ(average_link(input), expected) << round;
    std::ranges::shuffle(input.pairs, random);
    EXPECT_EQ(average_link(input), expected) << "the order of the pairs must not count";
  }
}

TEST(AverageLink, HeedsWhatBelongsTogetherOrApart) {
  LinkInput input = directions({0, 1, 60, 61}, 0.9);
  input.together = {{1, 2}};
  EXPECT_THAT(average_link(input), ElementsAre(0, 1, 1, 3))
      << "the mean to the others falls below the threshold";
  input = directions({0, 1, 60, 61}, 0.9);
  input.merged = {{1, 2}};
  EXPECT_THAT(average_link(input), ElementsAre(0, 0, 0, 0)) << "the clusters around them are one";
  input = directions({0, 1, 2}, 0.9);
  input.apart = {{0, 2}};
  const auto clusters = average_link(input);
  EXPECT_NE(clusters[0], clusters[2]);
  EXPECT_TRUE(clusters[1] == clusters[0] || clusters[1] == clusters[2]);
  input.together = {{0, 1}, {1, 2}};
  const auto both = average_link(input);
  EXPECT_NE(both[0], both[2]) << "apart goes before together";
  EXPECT_EQ(both[0], both[1]);
}

TEST(ConnectedParts, AreNoLargerThanAllowed) {
  const std::vector<SimilarImages> chain = {{1, 2, 0.99F}, {4, 5, 0.98F}, {2, 3, 0.97F}, {3, 4, 0.96F}};
  EXPECT_THAT(connected_parts(7, {}, chain, 100), ElementsAre(ElementsAre(1, 2, 3, 4, 5)));
  EXPECT_THAT(connected_parts(7, {}, chain, 3), ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5)))
      << "the least similar pair is cut";
  const std::vector<ImagePair> together = {{5, 6}};
  EXPECT_THAT(connected_parts(7, together, chain, 3),
              ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5, 6)));
}

}  // namespace
}  // namespace fit::ingest
