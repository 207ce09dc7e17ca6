#include "embed/detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/temp_dir.h"
#include "embed/builtin_models.h"
#include "embed/content_classifier.h"
#include "embed/onnx_embedder.h"
#include "embed/tiny_models.h"

namespace fit::embed {
namespace {

using ::testing::HasSubstr;

// A black image with rectangles of one colour, given in fractions.
struct Patch {
  media::Box box;
  std::array<std::uint8_t, 3> colour;
};
constexpr std::array<std::uint8_t, 3> kRed = {255, 0, 0};
constexpr std::array<std::uint8_t, 3> kGreen = {0, 255, 0};
constexpr std::array<std::uint8_t, 3> kBlue = {0, 0, 255};

media::Image painted(int width, int height, const std::vector<Patch>& patches) {
  media::Image image{width, height, {}};
  image.rgb.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 0);
  for (const auto& [box, colour] : patches) {
    for (int y = static_cast<int>(box.top * height); y < static_cast<int>(box.bottom * height); ++y) {
      for (int x = static_cast<int>(box.left * width); x < static_cast<int>(box.right * width); ++x) {
        const auto at =
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 3;
        std::ranges::copy(colour, image.rgb.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }
  return image;
}

class TinyDetector : public ::testing::Test {
 protected:
  std::unique_ptr<Detector> open(DetectorOutput output = DetectorOutput::kBoxesScores) {
    make_tiny_detector(dir_.path(), output);
    auto detector = open_detector("detector", dir_.path());
    EXPECT_TRUE(detector) << detector.error().describe();
    return detector ? std::move(*detector) : nullptr;
  }

  // The error of a model folder whose manifest is changed.
  Error problem(const std::function<void(Manifest&)>& change) {
    Manifest manifest = make_tiny_detector(dir_.path());
    change(manifest);
    std::ofstream(dir_.path() / "detector" / "manifest.json") << to_json(manifest);
    const auto detector = open_detector("detector", dir_.path());
    return detector ? cancelled("no error") : detector.error();
  }

  TempDir dir_;
};

void expect_near(const media::Box& box, const media::Box& wanted) {
  EXPECT_NEAR(box.left, wanted.left, 0.01);
  EXPECT_NEAR(box.top, wanted.top, 0.01);
  EXPECT_NEAR(box.right, wanted.right, 0.01);
  EXPECT_NEAR(box.bottom, wanted.bottom, 0.01);
}

// A cell of the model in an image that fills its input.
media::Box cell(int column, int row) {
  return {.left = column / 4.0, .top = row / 4.0, .right = (column + 1) / 4.0, .bottom = (row + 1) / 4.0};
}

TEST_F(TinyDetector, FindsGarmentsByEveryKindOfOutput) {
  const media::Image image = painted(64, 64, {{cell(1, 1), kRed}, {cell(3, 3), kBlue}});
  for (const auto output : {DetectorOutput::kBoxesScores, DetectorOutput::kYolo, DetectorOutput::kDetr}) {
    const auto detector = open(output);
    ASSERT_NE(detector, nullptr);
    const auto found = detector->detect(image);
    ASSERT_TRUE(found) << found.error().describe();
    EXPECT_EQ(found->width, 64);
    ASSERT_EQ(found->garments.size(), 2U);
    EXPECT_EQ(found->garments[0].category, "tops") << "it is nearer to the middle";
    expect_near(found->garments[0].box, {.left = 0.225, .top = 0.225, .right = 0.525, .bottom = 0.525});
    EXPECT_GT(found->garments[0].confidence, 0.9F);
    EXPECT_EQ(found->garments[1].category, "shoes");
    expect_near(found->garments[1].box, {.left = 0.725, .top = 0.725, .right = 1, .bottom = 1});
  }
}

// A wide image lies in the middle of the input, with bars above and below, and a tall one between two.
TEST_F(TinyDetector, MapsBoxesBackFromTheLetterbox) {
  const auto detector = open();
  ASSERT_NE(detector, nullptr);
  // Of 32 rows the image has the middle 16: the second and the third row of cells.
  const auto wide =
      detector->detect(painted(128, 64, {{{.left = 0.5, .top = 0.5, .right = 0.75, .bottom = 1}, kGreen}}));
  ASSERT_TRUE(wide) << wide.error().describe();
  ASSERT_EQ(wide->garments.size(), 1U);
  EXPECT_EQ(wide->garments[0].category, "bottoms");
  expect_near(wide->garments[0].box, {.left = 0.475, .top = 0.45, .right = 0.775, .bottom = 1});
  const auto tall =
      detector->detect(painted(64, 128, {{{.left = 0, .top = 0, .right = 0.5, .bottom = 0.25}, kRed}}));
  ASSERT_TRUE(tall) << tall.error().describe();
  ASSERT_EQ(tall->garments.size(), 1U);
  expect_near(tall->garments[0].box, {.left = 0, .top = 0, .right = 0.55, .bottom = 0.275});
}

// The padding has a colour that the model could take for a garment.
TEST_F(TinyDetector, FindsNothingInThePadding) {
  Manifest manifest = make_tiny_detector(dir_.path());
  manifest.detector->pad = kRed;
  std::ofstream(dir_.path() / "detector" / "manifest.json") << to_json(manifest);
  const auto detector = open_detector("detector", dir_.path());
  ASSERT_TRUE(detector) << detector.error().describe();
  const auto found = (*detector)->detect(painted(256, 64, {}));
  ASSERT_TRUE(found);
  for (const DetectedGarment& one : found->garments) EXPECT_TRUE(media::is_box(one.box));
  EXPECT_TRUE(found->garments.empty() || found->garments.front().box.height() < 0.5);
}

TEST_F(TinyDetector, TakesImagesOfEveryShape) {
  const auto detector = open();
  ASSERT_NE(detector, nullptr);
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 5000}, {5000, 1}, {3, 2}, {32, 32}, {33, 31}}) {
    const auto found = detector->detect(painted(width, height, {{media::Box{}, kRed}}));
    ASSERT_TRUE(found) << found.error().describe();
    for (const DetectedGarment& one : found->garments) EXPECT_TRUE(media::is_box(one.box));
  }
  EXPECT_EQ(detector->detect(painted(1, 1, {{media::Box{}, kRed}}))->garments.size(), 16U);
}

TEST_F(TinyDetector, StretchesWhereTheManifestSaysSo) {
  Manifest manifest = make_tiny_detector(dir_.path());
  manifest.detector->is_letterboxed = false;
  std::ofstream(dir_.path() / "detector" / "manifest.json") << to_json(manifest);
  const auto detector = open_detector("detector", dir_.path());
  ASSERT_TRUE(detector) << detector.error().describe();
  const auto found = (*detector)->detect(painted(256, 64, {{cell(2, 1), kRed}}));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->garments.size(), 1U);
  expect_near(found->garments[0].box, {.left = 0.475, .top = 0.225, .right = 0.775, .bottom = 0.525});
}

TEST_F(TinyDetector, RefusesModelsThatAreNotWhatTheManifestSays) {
  EXPECT_EQ(problem([](Manifest&) {}).message, "no error");
  EXPECT_THAT(problem([](Manifest& one) { one.detector->labels.pop_back(); }).message,
              HasSubstr("'scores' in the shape 1 x 16 x 3, not 1 x 16 x 2"));
  EXPECT_THAT(problem([](Manifest& one) { one.detector->side = 64; }).message, HasSubstr("1 x 3 x 64 x 64"));
  EXPECT_THAT(problem([](Manifest& one) { one.detector->input = "picture"; }).message, HasSubstr("picture"));
  EXPECT_THAT(problem([](Manifest& one) { one.detector->output = DetectorOutput::kYolo; }).message,
              HasSubstr("output0"));
  EXPECT_THAT(problem([](Manifest& one) { one.detector->mean = {9, 9, 9}; }).message,
              HasSubstr("no probabilities"));
  EXPECT_EQ(problem([](Manifest& one) { one.files.front().size_bytes = 1; }).field, "DETECTOR_MODEL");
}

TEST_F(TinyDetector, IsNoOtherModel) {
  const Manifest manifest = make_tiny_detector(dir_.path());
  const ModelFiles files(dir_.path() / "detector");
  EXPECT_THAT(OnnxEmbedder::load(files, manifest, {}).error().message, HasSubstr("is a detector"));
  EXPECT_THAT(ContentClassifier::load(files, manifest).error().message, HasSubstr("no content filter"));
  const Manifest other = make_tiny_folder(dir_.path() / "tiny");
  EXPECT_THAT(Detector::load(ModelFiles(dir_.path() / "tiny"), other).error().message,
              HasSubstr("no detector"));
}

TEST_F(TinyDetector, ManifestsAreReadStrictly) {
  const std::string text = to_json(make_tiny_detector(dir_.path()));
  const auto problem_of = [&text](const std::string& part, const std::string& other) {
    std::string changed = text;
    changed.replace(changed.find(part), part.size(), other);
    const auto parsed = parse_manifest("m", changed);
    return parsed ? std::string("none") : parsed.error().field;
  };
  EXPECT_EQ(problem_of("32", "32"), "none");
  EXPECT_EQ(problem_of("\"bottoms\"", "null"), "none");
  EXPECT_THAT(problem_of("\"bottoms\"", "7"), HasSubstr("labels"));
  EXPECT_THAT(problem_of("\"side\": 32", "\"side\": 0"), HasSubstr("input.side"));
  EXPECT_THAT(problem_of("letterbox", "pillarbox"), HasSubstr("input.resize"));
  EXPECT_THAT(problem_of("\"overlap\": 0.5", "\"overlap\": 1.5"), HasSubstr("overlap"));
  EXPECT_THAT(problem_of("boxes-scores", "masks"), HasSubstr("output"));
  EXPECT_THAT(problem_of("\"role\": \"detector\"", "\"role\": \"painter\""), HasSubstr("role"));
}

// One file with its checksum may stand in place of the list.
TEST_F(TinyDetector, ManifestsMayNameOneFile) {
  const auto parsed =
      parse_manifest("m", R"({"role": "detector", "name": "d", "version": "1", "licence": "MIT",
      "source": "https://example.com", "file": "d.onnx", "sha256": null, "size_bytes": 12,
      "input": {"side": 256, "resize": "letterbox", "pad": [1, 2, 3], "mean": [0, 0, 0], "deviation": [1, 1, 1]},
      "output": "yolo", "labels": ["tops"], "threshold": 0.25, "overlap": 0.5})");
  ASSERT_TRUE(parsed) << parsed.error().describe();
  EXPECT_EQ(parsed->file(FileRole::kDetector)->path, "d.onnx");
  EXPECT_EQ(parsed->detector->input, "images");
  EXPECT_EQ(parsed->detector->pad[2], 3);
}

}  // namespace
}  // namespace fit::embed
