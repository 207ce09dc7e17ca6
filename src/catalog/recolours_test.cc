#include "catalog/recolours.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "base/hash.h"
#include "base/temp_dir.h"
#include "media/image.h"
#include "media/recolour.h"

namespace fit::catalog {
namespace {

// A blue square, of a side, on a ground of beige.
Bytes blue_square(int side, int width = 160, int height = 120) {
  media::Image image{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool is_inside = std::abs(x - width / 2) < side / 2 && std::abs(y - height / 2) < side / 2;
      if (is_inside) {
        image.rgb.insert(image.rgb.end(), {40, 80, 180});
      } else {
        image.rgb.insert(image.rgb.end(), {220, 200, 170});
      }
    }
  }
  return *media::encode_jpeg(image, 4096, 95);
}

class Recolours : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(media::start_vips()); }

  Result<StoredRecolour> make(ByteView image, const RecolourChoice& choice) {
    return make_recolour(files_, image, sha256_hex(image), choice, {});
  }

  const TempDir folder_;
  ImageFiles files_ = local_image_files(folder_.path());
};

TEST_F(Recolours, AreMadeOnceAndFoundAgain) {
  const Bytes image = blue_square(70);
  const std::string sha256 = sha256_hex(image);
  const RecolourChoice red{.to = 0xc4232c};
  EXPECT_FALSE(*stored_recolour(files_, sha256, red));
  const auto made = make(image, red);
  ASSERT_TRUE(made) << made.error().describe();
  ASSERT_TRUE(made->file) << made->reason;
  EXPECT_EQ(made->file->mime_type, "image/jpeg");
  const auto found = stored_recolour(files_, sha256, red);
  ASSERT_TRUE(found && *found && (*found)->file);
  EXPECT_EQ((*found)->file->content, made->file->content);
  EXPECT_EQ((*found)->file->version, made->file->version);
  EXPECT_FALSE(*stored_recolour(files_, sha256, {.to = 0xc4232c, .percent = 50}));
  const media::Image shown = media::decode("image", made->file->content, 0).value();
  const std::size_t middle = (60U * 160 + 80) * 3;
  EXPECT_GT(shown.rgb[middle], 150);
  EXPECT_LT(shown.rgb[middle + 2], 90);
  EXPECT_NEAR(shown.rgb[2], 170, 6) << "the ground stays";
}

TEST_F(Recolours, ALargeImageIsReduced) {
  const auto made = make(blue_square(900, 2200, 1600), {.to = 0xc4232c});
  ASSERT_TRUE(made && made->file);
  const auto info = media::probe("image", made->file->content).value();
  EXPECT_EQ(info.width, media::kRecolourSide);
  EXPECT_EQ(info.height, 745);
}

TEST_F(Recolours, AnImageMayHaveNone) {
  for (const Bytes& image : {blue_square(0), Bytes(100, std::byte{'x'})}) {
    const auto made = make(image, {.to = 0xc4232c});
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_FALSE(made->file);
    EXPECT_EQ(made->reason, "the background of the image cannot be told from the garment");
    const auto found = stored_recolour(files_, sha256_hex(image), {.to = 0xc4232c});
    ASSERT_TRUE(found && *found) << "it is not looked for again";
    EXPECT_EQ((*found)->reason, made->reason);
  }
}

TEST_F(Recolours, AnImageKeepsNoMoreThanItsSlots) {
  const Bytes image = blue_square(70);
  for (std::uint32_t i = 0; i < 70; ++i) ASSERT_TRUE(make(image, {.to = 0xc40000 + i * 3}));
  std::set<std::string> names;
  ASSERT_TRUE(files_.thumbnails().list([&](const blobs::BlobInfo& blob) -> Result<void> {
    EXPECT_EQ(blobs::sha256_of_name(blob.name), sha256_hex(image)) << "it goes with the image";
    names.insert(blob.name);
    return {};
  }));
  EXPECT_LE(names.size(), kRecolourSlots);
  EXPECT_GT(names.size(), kRecolourSlots / 2);
  EXPECT_TRUE(*stored_recolour(files_, sha256_hex(image), {.to = 0xc40000 + 69 * 3}));
  for (const std::string& name : names) {  // files that were cut short are made again
    const Bytes whole = files_.thumbnails().get(name, 1 << 20).value();
    ASSERT_TRUE(
        files_.thumbnails().put(name, ByteView(whole).first(whole.size() - 1), blobs::Durability::kUnsynced));
  }
  EXPECT_FALSE(*stored_recolour(files_, sha256_hex(image), {.to = 0xc40000 + 69 * 3}));
}

}  // namespace
}  // namespace fit::catalog
