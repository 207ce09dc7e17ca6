#include "catalog/image_files.h"

#include "blobs/local_blobs.h"

namespace fit::catalog {
namespace {

constexpr std::string_view kPrefix = "stored:";
constexpr std::uint64_t kMaxThumbnailBytes = 16u << 20;

// Of a file in a format as ImageFields has it.
std::string_view extension(std::string_view format) {
  return format == "jpeg" ? "jpg" : format;
}

std::string thumbnail_name(const std::string& sha256) {
  return sha256 + ".jpg";
}

// A power failure may leave a file that was not synced empty or full of zeros.
bool is_whole_jpeg(ByteView content) {
  const auto at = [&](std::size_t i) { return std::to_integer<int>(content[i]); };
  const std::size_t size = content.size();
  return size > 4 && at(0) == 0xFF && at(1) == 0xD8 && at(size - 2) == 0xFF && at(size - 1) == 0xD9;
}

}  // namespace

Result<std::string> ImageFiles::put_original(const domain::ImageFields& image, ByteView content) {
  const std::string name = image.sha256 + "." + std::string(extension(image.format));
  FIT_CHECK(originals_->put(name, content, blobs::Durability::kSynced));
  return std::string(kPrefix) + name;
}

Result<Bytes> ImageFiles::original(std::string_view location, std::uint64_t max_bytes) const {
  if (!is_stored(location)) return not_found("there is no stored image of that name");
  return originals_->get(std::string(location.substr(kPrefix.size())), max_bytes);
}

void ImageFiles::renew_original(std::string_view location) {
  if (!is_stored(location)) return;
  // A file that cannot be renewed is as old as it was: pruning may take it, as it may any that is not named.
  [[maybe_unused]] const auto renewed = originals_->renew(std::string(location.substr(kPrefix.size())));
}

Result<void> ImageFiles::put_thumbnail(const std::string& sha256, ByteView jpeg) {
  return thumbnails_->put(thumbnail_name(sha256), jpeg, blobs::Durability::kUnsynced);
}

Result<Bytes> ImageFiles::thumbnail(const std::string& sha256) const {
  FIT_TRY(Bytes content, thumbnails_->get(thumbnail_name(sha256), kMaxThumbnailBytes));
  if (!is_whole_jpeg(content)) return not_found("the thumbnail was cut short");
  return content;
}

ImageFiles local_image_files(const std::filesystem::path& storage_path) {
  return {std::make_shared<blobs::LocalBlobs>(storage_path / "images"),
          std::make_shared<blobs::LocalBlobs>(storage_path / "thumbnails")};
}

bool is_stored(std::string_view location) {
  return location.starts_with(kPrefix) && !blobs::sha256_of_name(location.substr(kPrefix.size())).empty();
}

}  // namespace fit::catalog
