#include "catalog/image_files.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/temp_dir.h"
#include "blobs/local_blobs.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

// Bytes with the first and last bytes of a JPEG file.
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

TEST(ImageFilesTest, ADamagedOriginalIsAnErrorAndIsReplacedWhenItComesAgain) {
  const TempDir folder;
  ImageFiles files = local_image_files(folder.path());
  const Bytes image = jpeg_like();
  const std::string sha256 = sha256_hex(image);
  const std::string location =
      files.put_original({.location = {}, .sha256 = sha256, .format = "jpeg"}, image).value();
  const auto path = folder.path() / "images" / sha256.substr(0, 2) / (sha256 + ".jpg");
  Bytes other = image;
  other[5] ^= std::byte{1};  // the same size, but other content
  ASSERT_TRUE(write_file_atomically(path, other));
  EXPECT_EQ(files.original(location, 1 << 20).error().code, ErrorCode::kDamaged);
  const ImageFiles copy = files;
  ASSERT_EQ(copy.damaged().size(), 1U);
  EXPECT_EQ(copy.damaged()[0].name, sha256 + ".jpg");
  EXPECT_FALSE(copy.damaged()[0].is_lost);

  EXPECT_EQ(files.put_original({.location = {}, .sha256 = sha256, .format = "jpeg"}, image).value(),
            location);
  EXPECT_EQ(files.original(location, 1 << 20).value(), image);
  EXPECT_TRUE(copy.damaged().empty());

  std::filesystem::remove(path);
  EXPECT_EQ(files.original(location, 1 << 20).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(copy.damaged().at(0).is_lost);
  ASSERT_TRUE(files.restore_original(image));
  EXPECT_EQ(files.original(location, 1 << 20).value(), image);
  EXPECT_TRUE(files.restore_original(as_bytes("no image")));

  std::filesystem::remove(path);
  EXPECT_FALSE(files.original(location, 1 << 20));
  ASSERT_TRUE(write_file_atomically(path, image));  // from a backup
  EXPECT_TRUE(files.original(location, 1 << 20));
  EXPECT_TRUE(copy.damaged().empty());
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
  EXPECT_EQ(files.open_thumbnail(sha256).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files.open_thumbnail("../../../etc/passwd").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(files.put_thumbnail(sha256, image));
  EXPECT_EQ(testing::bytes_of(files.open_thumbnail(sha256)), image);
  for (const std::size_t size : {0U, 1U, 10U}) {
    ASSERT_TRUE(files.put_thumbnail(sha256, ByteView(image).first(size)));
    EXPECT_EQ(files.open_thumbnail(sha256).error().code, ErrorCode::kNotFound) << "it was cut short";
  }
  ASSERT_TRUE(files.put_thumbnail(sha256, Bytes(image.size())));
  EXPECT_EQ(files.open_thumbnail(sha256).error().code, ErrorCode::kNotFound) << "it is full of zeros";
}

// Stores whose files are not on this machine: their images are read, and sent from memory.
class RemoteBlobs final : public blobs::BlobStore {
 public:
  explicit RemoteBlobs(std::filesystem::path folder) : blobs_(std::move(folder)) {}

  Result<void> put(const std::string& name, ByteView content, blobs::Durability durability) override {
    return blobs_.put(name, content, durability);
  }
  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override {
    return blobs_.put_file(name, file);
  }
  Result<void> sync() override { return blobs_.sync(); }
  Result<Bytes> get(const std::string& name, std::uint64_t max_bytes) const override {
    return blobs_.get(name, max_bytes);
  }
  Result<Bytes> read(const std::string& name, std::uint64_t offset, std::uint64_t count) const override {
    return blobs_.read(name, offset, count);
  }
  Result<bool> exists(const std::string& name) const override { return blobs_.exists(name); }
  std::optional<std::filesystem::path> local_path(std::string_view) const override { return std::nullopt; }
  Result<bool> renew(const std::string& name) override { return blobs_.renew(name); }
  Result<void> list(const Visitor& visit) const override { return blobs_.list(visit); }
  Result<bool> remove(const blobs::BlobInfo& blob, Timestamp before) override {
    return blobs_.remove(blob, before);
  }
  Result<std::unique_ptr<blobs::BlobHold>> hold(blobs::HoldFor purpose) override {
    return blobs_.hold(purpose);
  }
  Result<void> probe() const override { return blobs_.probe(); }

 private:
  blobs::LocalBlobs blobs_;
};

TEST(ImageFilesTest, ClientsGetALocalFileAsItIs) {
  const TempDir folder;
  ImageFiles files = local_image_files(folder.path());
  const Bytes image = jpeg_like();
  const std::string sha256 = sha256_hex(image);
  const std::string location =
      files.put_original({.location = {}, .sha256 = sha256, .format = "jpeg"}, image).value();
  ASSERT_TRUE(files.put_thumbnail(sha256, image));
  const auto original = files.open_original("image", location, 1 << 20);
  ASSERT_TRUE(original) << original.error().describe();
  EXPECT_EQ(original->path, folder.path() / "images" / sha256.substr(0, 2) / (sha256 + ".jpg"));
  EXPECT_TRUE(original->content.empty());
  EXPECT_EQ(original->version, sha256);
  EXPECT_EQ(original->mime_type, "image/jpeg");
  const auto thumbnail = files.open_thumbnail(sha256);
  ASSERT_TRUE(thumbnail) << thumbnail.error().describe();
  EXPECT_TRUE(thumbnail->content.empty());
  EXPECT_EQ(testing::bytes_of(*thumbnail), image);
  EXPECT_EQ(files.open_thumbnail(sha256)->version, thumbnail->version);
  EXPECT_EQ(files.open_original("image", location, 3).error().code, ErrorCode::kTooLarge);
}

TEST(ImageFilesTest, FilesOfARemoteStoreAreRead) {
  const TempDir folder;
  ImageFiles files(std::make_shared<RemoteBlobs>(folder.path() / "images"),
                   std::make_shared<RemoteBlobs>(folder.path() / "thumbnails"));
  const Bytes image = jpeg_like();
  const std::string sha256 = sha256_hex(image);
  const std::string location =
      files.put_original({.location = {}, .sha256 = sha256, .format = "jpeg"}, image).value();
  ASSERT_TRUE(files.put_thumbnail(sha256, image));
  for (const auto& file : {files.open_original("image", location, 1 << 20), files.open_thumbnail(sha256)}) {
    ASSERT_TRUE(file) << file.error().describe();
    EXPECT_TRUE(file->path.empty());
    EXPECT_EQ(file->content, image);
    EXPECT_FALSE(file->version.empty());
    EXPECT_EQ(file->mime_type, "image/jpeg");
  }
  ASSERT_TRUE(files.put_thumbnail(sha256, ByteView(image).first(10)));
  EXPECT_EQ(files.open_thumbnail(sha256).error().code, ErrorCode::kNotFound) << "it was cut short";
  EXPECT_EQ(files.open_original("image", location, 3).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace fit::catalog
