#include <gtest/gtest.h>

#include "base/files.h"
#include "media/test_images.h"

namespace fit::media {
namespace {

class PerceptualHashTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

TEST_F(PerceptualHashTest, counts_differing_bits) {
  EXPECT_EQ(hamming_distance(0, 0), 0);
  EXPECT_EQ(hamming_distance(0b1011, 0b0001), 2);
  EXPECT_EQ(hamming_distance(0, ~std::uint64_t{0}), 64);
}

TEST_F(PerceptualHashTest, half_of_the_bits_are_set) {
  EXPECT_EQ(hamming_distance(perceptual_hash(pattern(320, 240)), 0), 32);
}

TEST_F(PerceptualHashTest, survives_resizing_and_jpeg) {
  const Image image = pattern(320, 240);
  const std::uint64_t hash = perceptual_hash(image);
  EXPECT_LE(hamming_distance(hash, perceptual_hash(*resize(image, 150, 150))), 4);
  const auto file = encode_jpeg(image, 200, 50);
  EXPECT_LE(hamming_distance(hash, perceptual_hash(*decode("image", *file, 0))), 6);
}

TEST_F(PerceptualHashTest, other_images_differ) {
  const std::uint64_t hash = perceptual_hash(pattern(320, 240));
  EXPECT_GE(hamming_distance(hash, perceptual_hash(quarters(320, 240))), 16);
  EXPECT_EQ(perceptual_hash(Image{}), 0u);
}

TEST_F(PerceptualHashTest, separates_photos_and_matches_their_copies) {
  const auto folder =
      std::filesystem::path(FIT_SOURCE_DIR).parent_path() / "shared/data/photos/validation/dress";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  std::vector<std::uint64_t> hashes;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (hashes.size() == 20) break;
    const auto image = decode("image", *read_file(entry.path(), 1 << 24), 0);
    ASSERT_TRUE(image) << entry.path();
    hashes.push_back(perceptual_hash(*image));
    const auto copy = encode_jpeg(*image, 200, 60);
    EXPECT_LE(hamming_distance(hashes.back(), perceptual_hash(*decode("image", *copy, 0))), 8)
        << entry.path();
  }
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_GE(hamming_distance(hashes[i], hashes[j]), 10);
  }
}

}  // namespace
}  // namespace fit::media
