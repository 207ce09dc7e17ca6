#include "catalog/large_thumbnails.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/metrics.h"
#include "base/temp_dir.h"
#include "media/image.h"

namespace fit::catalog {
namespace {

constexpr int kSide = 32;

class LargeThumbnails : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(media::start_vips()); }

  // Makes the large thumbnail of an image of these sizes.
  Result<ImageFile> make(int width, int height) {
    const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    const Bytes jpeg =
        *media::encode_jpeg({width, height, std::vector<std::uint8_t>(bytes, std::uint8_t{90})}, 4096);
    sha256_ = sha256_hex(jpeg);
    return make_large_thumbnail(files_, jpeg, sha256_, processor_);
  }

  const TempDir folder_;
  ImageFiles files_ = local_image_files(folder_.path());
  Metrics metrics_;
  const ImageProcessor processor_{{}, {.limits = {}, .thumbnail_side = kSide}, metrics_};
  std::string sha256_;
};

TEST_F(LargeThumbnails, AreMadeOnceAndFoundAgain) {
  const auto made = make(200, 100);
  ASSERT_TRUE(made) << made.error().describe();
  const auto info = media::probe("image", made->content);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width, kLargeThumbnail * kSide);
  EXPECT_EQ(info->height, kLargeThumbnail * kSide / 2);
  const auto found = stored_large_thumbnail(files_, sha256_, kSide);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->content, made->content);
  EXPECT_FALSE(*stored_large_thumbnail(files_, sha256_, 2 * kSide)) << "of another size of thumbnails";
}

TEST_F(LargeThumbnails, ImagesThatAreSmallOrElsewhereHaveNone) {
  domain::ImageFields image;
  image.width = 200;
  image.height = 100;
  for (const char* location : {"stored:a.jpg", "/photos/a.jpg"}) {
    image.location = location;
    EXPECT_TRUE(has_large_thumbnail(image, 100));
    EXPECT_FALSE(has_large_thumbnail(image, 200));
  }
  image.location = "https://shop.example/a.jpg";
  EXPECT_FALSE(has_large_thumbnail(image, 100));
}

TEST_F(LargeThumbnails, AFileThatWasCutShortIsMadeAgain) {
  ASSERT_TRUE(make(200, 100));
  ASSERT_TRUE(files_.thumbnails().put(sha256_ + ".l64", {}, blobs::Durability::kUnsynced));
  EXPECT_FALSE(*stored_large_thumbnail(files_, sha256_, kSide));
}

}  // namespace
}  // namespace fit::catalog
