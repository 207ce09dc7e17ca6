#include "embed/onnx_embedder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/temp_dir.h"
#include "embed/tiny_models.h"

namespace fit::embed {
namespace {

using ::testing::HasSubstr;

media::Image one_colour(int width, int height, std::array<std::uint8_t, 3> colour) {
  media::Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i) image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
  return image;
}

Vector unit(Vector vector) {
  EXPECT_TRUE(normalize(vector, static_cast<int>(vector.size()), "test"));
  return vector;
}

void expect_near(const Vector& actual, const Vector& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-5) << i;
}

class TinyModel : public ::testing::Test {
 protected:
  Result<std::unique_ptr<OnnxEmbedder>> load(const std::string& image = "image.onnx",
                                             const std::string& text = "text.onnx",
                                             OnnxEmbedder::Options options = {}) {
    return OnnxEmbedder::load(ModelFiles(folder_), make_tiny_folder(folder_, image, text), options);
  }
  std::string problem(const Manifest& manifest) {
    const auto loaded = OnnxEmbedder::load(ModelFiles(folder_), manifest, {});
    return loaded ? "none" : std::string(to_string(loaded.error().code)) + ": " + loaded.error().message;
  }
  TempDir dir_;
  std::filesystem::path folder_ = dir_.path() / "tiny";
};

TEST_F(TinyModel, EmbedsImages) {
  auto embedder = load();
  ASSERT_TRUE(embedder) << embedder.error().describe();
  EXPECT_EQ((*embedder)->space().name, "tiny-space");
  EXPECT_EQ((*embedder)->space().version, "7");
  EXPECT_TRUE((*embedder)->space().has_text);
  EXPECT_EQ((*embedder)->image_short_side(), 8);
  const std::vector<media::Image> images{one_colour(8, 8, {255, 0, 51}), one_colour(30, 10, {255, 255, 255}),
                                         one_colour(3, 5, {0, 255, 0})};
  const auto vectors = (*embedder)->embed_images(images);
  ASSERT_TRUE(vectors) << vectors.error().describe();
  ASSERT_EQ(vectors->size(), 3u);
  expect_near((*vectors)[0], unit({0.6F, -0.4F, -0.2F, 1}));
  expect_near((*vectors)[1], unit({0.6F, 0.6F, 0.6F, 1}));
  expect_near((*vectors)[2], unit({-0.4F, 0.6F, -0.4F, 1}));
}

TEST_F(TinyModel, LargeCallsRunInParts) {
  auto embedder = load("image.onnx", "text.onnx", {.max_batch = 3});
  ASSERT_TRUE(embedder);
  std::vector<media::Image> images;
  for (int i = 0; i < 8; ++i) images.push_back(one_colour(8, 8, {static_cast<std::uint8_t>(i * 30), 0, 0}));
  const auto together = (*embedder)->embed_images(images);
  ASSERT_TRUE(together);
  for (std::size_t i = 0; i < images.size(); ++i) {
    expect_near((*together)[i], (*embedder)->embed_images(std::span(&images[i], 1)).value().front());
  }
  EXPECT_TRUE((*embedder)->embed_images({}).value().empty());
}

TEST_F(TinyModel, PreparedImagesGiveTheSameVector) {
  auto embedder = load();
  ASSERT_TRUE(embedder);
  media::Image image{20, 12, {}};
  for (int i = 0; i < 20 * 12 * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * 7));
  const auto prepared = (*embedder)->prepare(image);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->width, 8);
  EXPECT_EQ(prepared->height, 8);
  expect_near((*embedder)->embed_images(std::span(&*prepared, 1)).value().front(),
              (*embedder)->embed_images(std::span(&image, 1)).value().front());
}

TEST_F(TinyModel, StretchIncludesTheEdges) {
  Manifest manifest = make_tiny_folder(folder_);
  manifest.image.resize = ResizeRule::kStretch;
  auto embedder = OnnxEmbedder::load(ModelFiles(folder_), manifest, {});
  ASSERT_TRUE(embedder);
  // Black with white at the left and right edges, which a centre crop would remove.
  media::Image image = one_colour(24, 8, {0, 0, 0});
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 24; ++x) {
      if (x < 8 || x >= 16) std::fill_n(image.rgb.begin() + (y * 24 + x) * 3, 3, 255);
    }
  }
  const Vector vector = (*embedder)->embed_images(std::span(&image, 1)).value().front();
  EXPECT_NEAR(vector[0] / vector[3], 2.0 / 3.0 - 0.4, 0.02);
}

// The model returns (sum of ids, sum of masked ids, number of tokens, 1). "cat" is 515 513 516 and "dog cat"
// is 515 514 359 513 516, padded with 3.
TEST_F(TinyModel, EmbedsTexts) {
  auto embedder = load();
  ASSERT_TRUE(embedder);
  const std::vector<std::string> texts{"cat", "dog cat"};
  const auto vectors = (*embedder)->embed_texts(texts);
  ASSERT_TRUE(vectors) << vectors.error().describe();
  expect_near((*vectors)[0], unit({1544 + 2 * 3, 1544, 3, 1}));
  expect_near((*vectors)[1], unit({2417, 2417, 5, 1}));
}

TEST_F(TinyModel, CountsTheTokensThatTheModelReads) {
  auto embedder = load();
  ASSERT_TRUE(embedder);
  EXPECT_EQ((*embedder)->count_tokens("cat"), 3u);
  EXPECT_EQ((*embedder)->count_tokens("dog  cat"), 5u);
  std::string longer;
  for (int i = 0; i < 1000; ++i) longer += "cat ";
  EXPECT_LT((*embedder)->count_tokens(longer), 1000u) << "texts are cut at the context length";
}

TEST_F(TinyModel, PadsToTheModelsOwnLength) {
  auto embedder = load("image.onnx", "text_fixed.onnx");
  ASSERT_TRUE(embedder) << embedder.error().describe();
  const std::string text = "cat";
  expect_near((*embedder)->embed_texts(std::span(&text, 1)).value().front(),
              unit({1544 + 9 * 3, 1544, 3, 1}));
}

TEST_F(TinyModel, PadsToTheContext) {
  Manifest manifest = make_tiny_folder(folder_);
  manifest.text->pad_to_context = true;
  auto embedder = OnnxEmbedder::load(ModelFiles(folder_), manifest, {});
  ASSERT_TRUE(embedder);
  const std::string text = "cat";
  expect_near((*embedder)->embed_texts(std::span(&text, 1)).value().front(),
              unit({1544 + 7 * 3, 1544, 3, 1}));
}

TEST_F(TinyModel, WorksWithoutTextModel) {
  for (const bool in_manifest : {true, false}) {
    auto embedder = load("image.onnx", in_manifest ? "text.onnx" : "", {.load_text = false});
    ASSERT_TRUE(embedder);
    EXPECT_FALSE((*embedder)->space().has_text);
    const std::string text = "cat";
    const auto vectors = (*embedder)->embed_texts(std::span(&text, 1));
    ASSERT_FALSE(vectors);
    EXPECT_EQ(vectors.error().code, ErrorCode::kInvalid);
  }
}

TEST_F(TinyModel, NanFailsTheBatch) {
  auto embedder = load("image_nan.onnx");
  ASSERT_TRUE(embedder) << embedder.error().describe();
  const media::Image bright = one_colour(8, 8, {255, 255, 255});
  const media::Image dark = one_colour(8, 8, {0, 0, 0});
  EXPECT_TRUE((*embedder)->embed_images(std::span(&bright, 1)));
  const auto failed = (*embedder)->embed_images(std::span(&dark, 1));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
  EXPECT_TRUE((*embedder)->embed_images(std::span(&bright, 1)));
}

TEST_F(TinyModel, LoadRejectsOtherDimensions) {
  const auto loaded = load("image_wide.onnx");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(loaded.error().message, HasSubstr("returns 5 numbers as 'image_embeds', not the 4"));
}

TEST_F(TinyModel, LoadRejectsZeroVectors) {
  EXPECT_FALSE(load("image_zero.onnx"));
}

TEST_F(TinyModel, NamesMissingAndDamagedFiles) {
  const Manifest manifest = make_tiny_folder(folder_);
  std::filesystem::remove(folder_ / "text.onnx");
  EXPECT_EQ(problem(manifest), "not_found: the file 'text.onnx' of the model 'tiny' is missing");
  std::ofstream(folder_ / "text.onnx") << "short";
  EXPECT_THAT(problem(manifest), HasSubstr("'text.onnx' of the model 'tiny' has 5 bytes instead of"));
}

TEST_F(TinyModel, RejectsBrokenFiles) {
  Manifest manifest = make_tiny_folder(folder_);
  for (ModelFile& file : manifest.files) file.size_bytes.reset();
  for (const std::string& content : {std::string("not a model"), std::string(), std::string(5000, '\x08')}) {
    std::ofstream(folder_ / "image.onnx") << content;
    EXPECT_EQ(problem(manifest),
              "invalid: the file 'image.onnx' of the model 'tiny' is broken or not an ONNX model");
  }
  std::filesystem::resize_file(folder_ / "image.onnx", 100);
  EXPECT_NE(problem(manifest), "none");
}

TEST_F(TinyModel, ChecksTheNamesOfTensors) {
  Manifest manifest = make_tiny_folder(folder_);
  manifest.image.input = "pixels";
  EXPECT_THAT(problem(manifest), HasSubstr("no input tensor 'pixels', but pixel_values"));
  manifest = make_tiny_folder(folder_);
  manifest.image.output = "vectors";
  EXPECT_THAT(problem(manifest), HasSubstr("no output tensor 'vectors', but image_embeds"));
  manifest = make_tiny_folder(folder_);
  manifest.text->attention_mask.clear();
  EXPECT_THAT(problem(manifest), HasSubstr("requires an input tensor 'attention_mask'"));
  manifest = make_tiny_folder(folder_, "image.onnx", "text_fixed.onnx");
  manifest.text->context_length = 77;
  EXPECT_THAT(problem(manifest), HasSubstr("takes 12 tokens"));
}

TEST_F(TinyModel, EmbedsConcurrently) {
  auto embedder = load();
  ASSERT_TRUE(embedder);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const media::Image image = one_colour(8, 8, {static_cast<std::uint8_t>(60 * t), 9, 9});
      const float expected = static_cast<float>(60 * t) / 255.0F - 0.4F;
      for (int i = 0; i < 100; ++i) {
        const Vector vector = (*embedder)->embed_images(std::span(&image, 1)).value().front();
        if (std::abs(vector[0] / vector[3] - expected) < 1e-4F) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
}

TEST(ToPlanes, MatchesTheFormula) {
  const std::array<float, 3> mean{0.48145466F, 0.4578275F, 0.40821073F};
  const std::array<float, 3> std{0.26862954F, 0.26130258F, 0.27577711F};
  media::Image image{16, 16, {}};
  for (int i = 0; i < 16 * 16 * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i));
  std::vector<float> planes(16 * 16 * 3);
  to_planes(image, mean, std, planes);
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float expected = (static_cast<float>(image.rgb[3 * i + c]) / 255.0F - mean[c]) / std[c];
      ASSERT_NEAR(planes[c * 256 + i], expected, 2e-6F);
    }
  }
}

TEST_F(TinyModel, PredictsPropertiesFromVectors) {
  const auto loaded =
      OnnxEmbedder::load(ModelFiles(folder_), add_tiny_properties(folder_, make_tiny_folder(folder_)), {});
  ASSERT_TRUE(loaded) << loaded.error().describe();
  const std::vector<Vector> vectors{{1, 0, 0, 0}, {0, 0.6F, 0, 0.8F}};
  const auto predictions = (*loaded)->predict(vectors);
  ASSERT_TRUE(predictions) << predictions.error().describe();
  ASSERT_EQ(predictions->size(), 2u);
  const PropertyPredictions& first = (*predictions)[0];
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].property, "tone");
  EXPECT_EQ(first[0].values[0].value, "dark");
  EXPECT_NEAR(first[0].values[0].confidence, 1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_EQ(first[0].values[1].value, "light");
  EXPECT_EQ((*predictions)[1][0].values[0].value, "light");
  EXPECT_EQ((*predictions)[1][1].property, "size");
  EXPECT_EQ((*predictions)[1][1].values[0].value, "large");
  EXPECT_TRUE((*loaded)->predict({})->empty());
  const Vector other{1, 0};
  EXPECT_EQ((*loaded)->predict(std::span(&other, 1)).error().code, ErrorCode::kInternal);
}

TEST_F(TinyModel, PredictsNothingWithoutAPropertyModel) {
  const auto embedder = load();
  ASSERT_TRUE(embedder);
  const std::vector<Vector> vectors(2, Vector{1, 0, 0, 0});
  const auto predictions = (*embedder)->predict(vectors);
  ASSERT_TRUE(predictions);
  ASSERT_EQ(predictions->size(), 2u);
  EXPECT_TRUE(predictions->front().empty());
}

TEST_F(TinyModel, LoadRejectsAPropertyModelOfOtherValues) {
  Manifest manifest = add_tiny_properties(folder_, make_tiny_folder(folder_));
  manifest.properties->outputs[1].values.push_back("huge");
  EXPECT_THAT(problem(manifest), HasSubstr("returns 2 numbers as 'size', not the 3 of its manifest"));
  manifest.properties->outputs[1] = {"shape", "shape", {"round", "square"}};
  EXPECT_THAT(problem(manifest), HasSubstr("no output tensor 'shape'"));
}

}  // namespace
}  // namespace fit::embed
