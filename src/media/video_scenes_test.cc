#include "media/video_scenes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/test_images.h"

namespace fit::media {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

Image plain(std::uint8_t level, int width = 32, int height = 24) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3, level)};
}

// Fine stripes of this contrast around a level: equal colours in the grid, different sharpness.
Image stripes(std::uint8_t level, int contrast) {
  Image image = plain(level);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    image.rgb[i] = static_cast<std::uint8_t>(level + ((i / 3) % 2 == 0 ? contrast : -contrast));
  }
  return image;
}

class VideoScenesTest : public ::testing::Test {
 protected:
  void add(const Image& image, int at_ms) {
    ASSERT_TRUE(chooser_.add(image, milliseconds(at_ms), [&]() -> Result<Image> {
      ++made_;
      return image;
    }));
  }
  std::vector<int> chosen() {
    std::vector<int> times;
    for (const VideoFrame& frame : chooser_.take(poster_))
      times.push_back(static_cast<int>(frame.at.count()));
    return times;
  }

  SceneChooser chooser_{3};
  int made_ = 0;
  std::size_t poster_ = 99;
};

TEST_F(VideoScenesTest, NothingGivesNothing) {
  EXPECT_THAT(chosen(), ElementsAre());
}

TEST_F(VideoScenesTest, TheSharpestFrameOfASceneStays) {
  for (const auto& [contrast, at] :
       {std::pair(4, 0), std::pair(20, 100), std::pair(21, 200), std::pair(10, 300)}) {
    add(stripes(100, contrast), at);
  }
  EXPECT_THAT(chosen(), ElementsAre(100)) << "the next one is hardly sharper";
  EXPECT_EQ(made_, 2);
  EXPECT_EQ(poster_, 0U);
}

TEST_F(VideoScenesTest, ADifferentPictureBeginsAScene) {
  add(stripes(50, 10), 0);
  add(stripes(52, 10), 100);
  add(stripes(120, 10), 200);
  add(stripes(120, 10), 900);
  add(stripes(200, 10), 1000);
  EXPECT_THAT(chosen(), ElementsAre(0, 200, 1000));
  EXPECT_EQ(poster_, 1U) << "the longest scene";
}

TEST_F(VideoScenesTest, ASlowChangeIsSeveralScenes) {
  for (int i = 0; i < 100; ++i) add(stripes(static_cast<std::uint8_t>(40 + i), 10), i * 100);
  EXPECT_THAT(chosen(), ::testing::SizeIs(3));
}

TEST_F(VideoScenesTest, SimilarNeighboursAreJoinedWhenThereAreTooMany) {
  int at = 0;
  for (const int level : {20, 60, 220, 90, 230, 120, 240, 40, 210, 45}) {
    add(stripes(static_cast<std::uint8_t>(level), 10), at++ * 100);
  }
  const std::vector<int> times = chosen();
  EXPECT_THAT(times, ::testing::SizeIs(3));
  EXPECT_TRUE(std::ranges::is_sorted(times));
}

TEST_F(VideoScenesTest, PlainScenesAreLeftOutBesideOthers) {
  add(plain(0), 0);
  add(stripes(100, 20), 500);
  add(plain(255), 1000);
  EXPECT_THAT(chosen(), ElementsAre(500));
}

TEST_F(VideoScenesTest, APlainVideoHasAFrame) {
  add(plain(0), 0);
  add(plain(0), 500);
  EXPECT_THAT(chosen(), ElementsAre(0));
}

TEST_F(VideoScenesTest, AFailureIsReturned) {
  const auto added =
      chooser_.add(plain(0), milliseconds(0), []() -> Result<Image> { return malformed("x", "broken"); });
  EXPECT_EQ(added.error().message, "broken");
}

TEST(VideoMeasuresTest, SharpnessGrowsWithContrast) {
  EXPECT_EQ(sharpness_of(plain(7)), 0);
  EXPECT_EQ(sharpness_of(plain(7, 2, 2)), 0);
  EXPECT_LT(sharpness_of(stripes(100, 5)), sharpness_of(stripes(100, 10)));
}

TEST(VideoMeasuresTest, DifferenceIsTheMeanOfTheColours) {
  EXPECT_EQ(difference(colours_of(plain(0)), colours_of(plain(255))), 1);
  EXPECT_EQ(difference(colours_of(pattern(64, 48)), colours_of(pattern(64, 48))), 0);
  EXPECT_NEAR(difference(colours_of(plain(0)), colours_of(plain(51))), 0.2, 1e-9);
}

}  // namespace
}  // namespace fit::media
