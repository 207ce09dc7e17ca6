#include "catalog/image_files.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/temp_dir.h"

namespace fit::catalog {
namespace {

// Begins and ends as a JPEG file does.
Bytes jpeg_like() {
  const ByteView bytes = as_bytes("\xFF\xD8\xFF an image \xFF\xD9");
  return {bytes.begin(), bytes.end()};
}

TEST(ImageFilesTest, OriginalsAreNamedByContent) {
  const TempDir folder;
  ImageFiles files = local_image_files(folder.path());
  const Bytes image = jpeg_like();
  const std::string sha256 = sha256_hex(image);
  domain::ImageFields fields{.location = {}, .sha256 = sha256, .format = "jpeg"};
  const auto location = files.put_original(fields, image);
  ASSERT_TRUE(location) << location.error().describe();
  EXPECT_EQ(*location, "stored:" + sha256 + ".jpg");
  const auto path = folder.path() / "images" / sha256.substr(0, 2) / (sha256 + ".jpg");
  EXPECT_EQ(read_file(path, 1 << 20).value(), image);
  EXPECT_EQ(files.original(*location, 1 << 20).value(), image);
  EXPECT_EQ(files.put_original(fields, image).value(), *location);
  fields.format = "webp";
  EXPECT_EQ(files.put_original(fields, image).value(), "stored:" + sha256 + ".webp");
}

TEST(ImageFilesTest, NoLocationReachesOutside) {
  const TempDir folder;
  const ImageFiles files = local_image_files(folder.path());
  const std::string sha256(64, 'a');
  EXPECT_TRUE(is_stored("stored:" + sha256 + ".jpg"));
  for (const std::string& location : std::vector<std::string>{
           "", "stored:", sha256 + ".jpg", "stored:" + sha256, "stored:" + sha256 + ".",
           "stored:../../etc/passwd", "stored:" + sha256 + "./x", "stored:" + sha256.substr(1) + "/.jpg",
           "stored:" + sha256 + ".jpg/../x", "stored:" + std::string(64, 'A') + ".jpg", "/etc/passwd",
           "stored:" + sha256 + ".verylong"}) {
    EXPECT_FALSE(is_stored(location)) << location;
    EXPECT_EQ(files.original(location, 1 << 20).error().code, ErrorCode::kNotFound) << location;
  }
}

TEST(ImageFilesTest, Thumbnails) {
  const TempDir folder;
  ImageFiles files = local_image_files(folder.path());
  const Bytes image = jpeg_like();
  const std::string sha256 = sha256_hex(image);
  EXPECT_EQ(files.thumbnail(sha256).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.thumbnail("../../../etc/passwd").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(files.put_thumbnail(sha256, image));
  EXPECT_EQ(files.thumbnail(sha256).value(), image);
  ASSERT_TRUE(files.put_thumbnail(sha256, ByteView(image).first(10)));
  EXPECT_EQ(files.thumbnail(sha256).error().code, ErrorCode::kNotFound) << "it was cut short";
}

}  // namespace
}  // namespace fit::catalog
