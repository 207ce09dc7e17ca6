#include "embed/content_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_dir.h"
#include "embed/builtin_models.h"
#include "embed/model_store.h"
#include "embed/tiny_models.h"

namespace fit::embed {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

media::Image filled(int side, std::array<std::uint8_t, 3> colour) {
  media::Image image{side, side, {}};
  for (int i = 0; i < side * side; ++i) image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
  return image;
}

// A classifier whose probabilities are the mean of each channel, and 1.
class TinyClassifier : public ::testing::Test {
 protected:
  Manifest make(std::vector<std::string> classes = {"red", "green", "blue", "any"}) {
    Manifest manifest = make_tiny_folder(folder_, "image.onnx", "");
    manifest.files.front().role = FileRole::kContentFilter;
    manifest.image.mean = {0, 0, 0};
    manifest.content_filter = ContentHead{.classes = std::move(classes)};
    const auto parsed = parse_manifest("manifest.json", to_json(manifest));
    EXPECT_TRUE(parsed) << parsed.error().describe();
    std::ofstream(folder_ / "manifest.json") << to_json(manifest);
    return parsed.value();
  }

  TempDir dir_;
  std::filesystem::path folder_ = dir_.path() / "tiny";
};

TEST_F(TinyClassifier, GivesEachClassAProbability) {
  const auto classifier = ContentClassifier::load(ModelFiles(folder_), make());
  ASSERT_TRUE(classifier) << classifier.error().describe();
  EXPECT_THAT((*classifier)->classes(), ElementsAre("red", "green", "blue", "any"));
  EXPECT_EQ((*classifier)->image_short_side(), 8);
  const auto prepared = (*classifier)->prepare(filled(30, {255, 0, 51}));
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->width, 8);
  EXPECT_THAT((*classifier)->classify(*prepared).value(),
              ElementsAre(FloatNear(1, 1e-5), FloatNear(0, 1e-5), FloatNear(0.2, 1e-5), FloatNear(1, 1e-5)));
  EXPECT_EQ((*classifier)->classify(filled(9, {0, 0, 0})).error().code, ErrorCode::kInternal);
}

TEST_F(TinyClassifier, RefusesOtherModels) {
  const auto narrow = ContentClassifier::load(ModelFiles(folder_), make({"one", "two"}));
  ASSERT_FALSE(narrow);
  EXPECT_EQ(narrow.error().code, ErrorCode::kInvalid);
  Manifest manifest = make();
  manifest.content_filter.reset();
  EXPECT_THAT(ContentClassifier::load(ModelFiles(folder_), manifest).error().message,
              HasSubstr("no content filter"));
  manifest = make();
  manifest.image.mean = {9, 9, 9};  // the means are far below 0
  EXPECT_EQ(ContentClassifier::load(ModelFiles(folder_), manifest).error().code, ErrorCode::kInternal);
}

TEST_F(TinyClassifier, IsOpenedByItsFolder) {
  make();
  EXPECT_TRUE(open_content_classifier(folder_.string(), dir_.path()));
  EXPECT_EQ(open_content_classifier("nothing", dir_.path()).error().field, "CONTENT_FILTER_MODEL");
  const auto embedder = open_content_classifier(std::string(kBuiltinModel), dir_.path());
  ASSERT_FALSE(embedder);
  EXPECT_EQ(embedder.error().field, "CONTENT_FILTER_MODEL");
}

TEST_F(TinyClassifier, ManifestsAreReadStrictly) {
  const std::string text = to_json(make());
  const auto problem = [&text](const std::string& part, const std::string& other) {
    std::string changed = text;
    changed.replace(changed.find(part), part.size(), other);
    const auto parsed = parse_manifest("m", changed);
    return parsed ? std::string("none") : parsed.error().field;
  };
  EXPECT_THAT(problem(R"("red")", R"("Red one")"), HasSubstr("content_filter.classes"));
  EXPECT_THAT(problem(R"("classes")", R"("labels")"), HasSubstr("content_filter"));
  EXPECT_THAT(problem(R"("content_filter",)", R"("image_model",)"), HasSubstr("files"));
}

// What the program carries is what it says, and gives an image of nothing no objectionable class.
TEST(BuiltinContentFilter, IsInTheProgram) {
  const TempDir nowhere;
  const auto classifier = open_content_classifier(std::string(kBuiltinContentFilter), nowhere.path());
  ASSERT_TRUE(classifier) << classifier.error().describe();
  EXPECT_THAT((*classifier)->classes(), ElementsAre("drawing", "hentai", "neutral", "porn", "sexy"));
  const int side = (*classifier)->image_short_side();
  const auto probabilities = (*classifier)->classify(filled(side, {128, 128, 128}));
  ASSERT_TRUE(probabilities) << probabilities.error().describe();
  float sum = 0;
  for (const float one : *probabilities) sum += one;
  EXPECT_NEAR(sum, 1, 1e-4);
  EXPECT_LT((*probabilities)[3], 0.5F);
  const auto checks = ModelStore(nowhere.path()).verify(std::string(kBuiltinContentFilter));
  ASSERT_TRUE(checks) << checks.error().describe();
  for (const FileCheck& check : *checks) EXPECT_TRUE(check.ok) << check.path << check.message;
}

}  // namespace
}  // namespace fit::embed
