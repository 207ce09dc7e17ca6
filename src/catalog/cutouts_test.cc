#include "catalog/cutouts.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/hash.h"
#include "base/temp_dir.h"
#include "media/image.h"

namespace fit::catalog {
namespace {

// A red square, of a side, on a grey ground.
Bytes square_on_grey(int side) {
  media::Image image{.width = 160, .height = 120, .rgb = {}};
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const bool is_inside = std::abs(x - 80) < side / 2 && std::abs(y - 60) < side / 2;
      image.rgb.insert(image.rgb.end(),
                       {200, std::uint8_t(is_inside ? 20 : 200), std::uint8_t(is_inside ? 20 : 200)});
    }
  }
  return *media::encode_jpeg(image, 160);
}

class Cutouts : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(media::start_vips()); }

  Result<StoredCutout> make(ByteView image) {
    sha256_ = sha256_hex(image);
    FIT_TRY(const std::string location,
            files_.put_original({.location = {}, .sha256 = sha256_, .format = "jpeg"}, image));
    return make_cutout(files_, location, sha256_, {});
  }

  const TempDir folder_;
  ImageFiles files_ = local_image_files(folder_.path());
  std::string sha256_;
};

TEST_F(Cutouts, AreMadeOnceAndFoundAgain) {
  const Bytes image = square_on_grey(60);
  EXPECT_FALSE(*stored_cutout(files_, sha256_hex(image)));
  const auto made = make(image);
  ASSERT_TRUE(made) << made.error().describe();
  ASSERT_TRUE(made->file);
  EXPECT_EQ(made->file->mime_type, "image/png");
  const auto found = stored_cutout(files_, sha256_);
  ASSERT_TRUE(found && *found && (*found)->file);
  EXPECT_EQ((*found)->file->content, made->file->content);
  EXPECT_EQ((*found)->file->version, made->file->version);
  EXPECT_EQ(files_.original("stored:" + sha256_ + ".jpg", 1 << 20).value(), image);
}

TEST_F(Cutouts, AnImageMayHaveNone) {
  for (const Bytes& image : {square_on_grey(0), Bytes(100, std::byte{'x'})}) {
    const auto made = make(image);
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_FALSE(made->file);
    const auto found = stored_cutout(files_, sha256_);
    ASSERT_TRUE(found && *found) << "it is not looked for again";
    EXPECT_FALSE((*found)->file);
  }
}

TEST_F(Cutouts, AFileThatWasCutShortIsMadeAgain) {
  ASSERT_TRUE(make(square_on_grey(60)));
  ASSERT_TRUE(files_.thumbnails().put(sha256_ + ".cut1", {}, blobs::Durability::kUnsynced));
  EXPECT_FALSE(*stored_cutout(files_, sha256_));
}

}  // namespace
}  // namespace fit::catalog
