#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/temp_dir.h"
#include "embed/model_store.h"
#include "embed/provider.h"

namespace fit::embed {
namespace {

// What ONNX Runtime computes from models/sight in Python for sight_picture().
constexpr float kSightVector[] = {
#include "embed/testdata/sight_vector.inc"
};

// The picture of testdata/make_sight_vector.py, in the size of the model's input.
media::Image sight_picture() {
  constexpr int kSide = 192;
  media::Image image{kSide, kSide, {}};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const bool sleeves = x >= 30 && x < 162 && y >= 40 && y < 80;
      const bool body = x >= 60 && x < 132 && y >= 40 && y < 160;
      const std::array<int, 3> pixel = sleeves || body
                                           ? std::array{180 + y % 16, 30 + y % 16, 40}
                                           : std::array{215 + x / 8, 220 + y / 8, 240 - (x + y) / 16};
      for (const int value : pixel) image.rgb.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return image;
}

double sight_cosine(std::span<const float> a, std::span<const float> b) {
  const auto dot = [](std::span<const float> x, std::span<const float> y) {
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
  };
  return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
}

class Sight : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made =
        make_embedder({.provider = provider_of("sight"), .model = "sight", .models_dir = empty_.path()});
    ASSERT_TRUE(made) << made.error().describe();
    embedder_ = *std::move(made);
  }
  Vector vector_of(const media::Image& image) {
    return embedder_->embed_images(std::span(&image, 1)).value().front();
  }
  TempDir empty_;
  std::unique_ptr<Embedder> embedder_;
};

TEST_F(Sight, IsPartOfTheProgram) {
  EXPECT_EQ(embedder_->space().name, "sight");
  EXPECT_EQ(embedder_->space().dimensions, 512);
  EXPECT_TRUE(embedder_->space().has_text);
  EXPECT_TRUE(embedder_->space().relevance.photo);
  EXPECT_TRUE(embedder_->space().relevance.words);
  const auto checks = ModelStore(empty_.path()).verify("sight");
  ASSERT_TRUE(checks) << checks.error().describe();
  EXPECT_THAT(*checks, ::testing::SizeIs(4));
  EXPECT_THAT(*checks, ::testing::Each(::testing::Field(&FileCheck::ok, true)));
}

// The app calls a relevance of 0.94 an exact match, which few photos that are no copies have.
TEST_F(Sight, ExactMatchesAreCopies) {
  const auto curve = embedder_->space().relevance.photo;
  ASSERT_TRUE(curve);
  EXPECT_NEAR(curve->least_cosine(0.94).value(), 0.967, 0.001);
  EXPECT_NEAR(curve->least_cosine(0.3).value(), 0.475, 0.001);
}

// Processors differ in how they sum eight bits, which changes the cosine in the third digit.
TEST_F(Sight, HasTheVectorOfPython) {
  media::Image image = sight_picture();
  const Vector vector = vector_of(image);
  ASSERT_EQ(vector.size(), std::size(kSightVector));
  EXPECT_GT(sight_cosine(vector, kSightVector), 0.99);
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) std::swap(image.rgb[i], image.rgb[i + 2]);
  EXPECT_LT(sight_cosine(vector_of(image), kSightVector), 0.9) << "red and blue are exchanged";
}

TEST_F(Sight, WordsAndPredictionsNameTheColour) {
  const Vector vector = vector_of(sight_picture());
  const std::vector<std::string> words{"red", "blue", "green"};
  const auto texts = embedder_->embed_texts(words);
  ASSERT_TRUE(texts) << texts.error().describe();
  EXPECT_GT(sight_cosine(vector, (*texts)[0]), sight_cosine(vector, (*texts)[1]) + 0.1);
  EXPECT_GT(sight_cosine(vector, (*texts)[0]), sight_cosine(vector, (*texts)[2]) + 0.1);
  const auto predicted = embedder_->predict(std::span(&vector, 1));
  ASSERT_TRUE(predicted) << predicted.error().describe();
  const auto colour = std::ranges::find(predicted->front(), "primary_color", &PropertyPrediction::property);
  ASSERT_NE(colour, predicted->front().end());
  ASSERT_FALSE(colour->values.empty());
  EXPECT_EQ(colour->values.front().value, "red");
}

}  // namespace
}  // namespace fit::embed
