#include "blobs/image_store.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/temp_dir.h"

namespace fit::blobs {
namespace {

// Begins and ends as a JPEG file does.
Bytes jpeg() {
  const ByteView bytes = as_bytes("\xFF\xD8\xFF an image \xFF\xD9");
  return {bytes.begin(), bytes.end()};
}

void write_file(const std::filesystem::path& path, ByteView content) {
  std::filesystem::create_directories(path.parent_path());
  ASSERT_TRUE(write_file_atomically(path, content));
}

TEST(ImageStoreTest, OriginalsAreNamedByContent) {
  const TempDir folder;
  ImageStore store(folder.path());
  const Bytes image = jpeg();
  const std::string sha256 = sha256_hex(image);
  const auto location = store.put_original(sha256, media::Format::kJpeg, image);
  ASSERT_TRUE(location) << location.error().describe();
  EXPECT_EQ(*location, "stored:" + sha256 + ".jpg");
  const auto path = store.original_path(*location);
  ASSERT_TRUE(path);
  EXPECT_EQ(*path, folder.path() / "images" / sha256.substr(0, 2) / (sha256 + ".jpg"));
  EXPECT_EQ(read_file(*path, 1 << 20).value(), image);
  EXPECT_EQ(store.put_original(sha256, media::Format::kJpeg, image).value(), *location);
  EXPECT_EQ(store.put_original(sha256, media::Format::kWebp, image).value(), "stored:" + sha256 + ".webp");
}

TEST(ImageStoreTest, CutFileIsWrittenAgain) {
  const TempDir folder;
  ImageStore store(folder.path());
  const Bytes image = jpeg();
  const auto location = store.put_original(sha256_hex(image), media::Format::kJpeg, image);
  write_file(*store.original_path(*location), ByteView(image).first(10));
  ASSERT_TRUE(store.put_original(sha256_hex(image), media::Format::kJpeg, image));
  EXPECT_EQ(read_file(*store.original_path(*location), 1 << 20).value(), image);
}

TEST(ImageStoreTest, NoLocationReachesOutside) {
  const TempDir folder;
  const ImageStore store(folder.path());
  const std::string sha256(64, 'a');
  EXPECT_TRUE(store.original_path("stored:" + sha256 + ".jpg"));
  for (const std::string& location : std::vector<std::string>{
           "", "stored:", sha256 + ".jpg", "stored:" + sha256, "stored:" + sha256 + ".",
           "stored:../../etc/passwd", "stored:" + sha256 + "./x", "stored:" + sha256.substr(1) + "/.jpg",
           "stored:" + sha256 + ".jpg/../x", "stored:" + std::string(64, 'A') + ".jpg", "/etc/passwd",
           "stored:" + sha256 + ".verylong"}) {
    EXPECT_FALSE(store.original_path(location)) << location;
  }
}

TEST(ImageStoreTest, Thumbnails) {
  const TempDir folder;
  ImageStore store(folder.path());
  const Bytes image = jpeg();
  const std::string sha256 = sha256_hex(image);
  EXPECT_EQ(store.thumbnail(sha256).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store.thumbnail("../../../etc/passwd").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(store.put_thumbnail(sha256, image));
  EXPECT_EQ(store.thumbnail(sha256).value(), image);
  ASSERT_TRUE(store.put_thumbnail(sha256, image));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    files += entry.is_regular_file();
  EXPECT_EQ(files, 1U);  // nothing was left aside
}

TEST(ImageStoreTest, FailureLeavesNothing) {
  const TempDir folder;
  write_file(folder.path() / "images", as_bytes("in the way"));
  write_file(folder.path() / "thumbnails", as_bytes("in the way"));
  ImageStore store(folder.path());
  const Bytes image = jpeg();
  EXPECT_FALSE(store.put_original(sha256_hex(image), media::Format::kJpeg, image));
  EXPECT_FALSE(store.put_thumbnail(sha256_hex(image), image));
}

}  // namespace
}  // namespace fit::blobs
