#include "catalog/large_thumbnails.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "blobs/storage_error.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

constexpr std::string_view kLargeThumbnailField = "image";
constexpr std::uint64_t kMaxLargeThumbnailBytes = 64u << 20;
constexpr std::string_view kEndOfJpeg = "\xff\xd9";

// Another THUMBNAIL_SIZE makes another file. An extension has at most five characters.
std::string large_thumbnail_name(const std::string& sha256, int thumbnail_side) {
  return fit::format("{}.l{}", sha256, kLargeThumbnail * thumbnail_side);
}

}  // namespace

bool has_large_thumbnail(const domain::ImageFields& image, int thumbnail_side) {
  return !is_http_url(image.location) && std::max(image.width, image.height) > thumbnail_side;
}

Result<std::optional<ImageFile>> stored_large_thumbnail(ImageFiles& files, const std::string& sha256,
                                                        int thumbnail_side) {
  auto content =
      files.thumbnails().get(large_thumbnail_name(sha256, thumbnail_side), kMaxLargeThumbnailBytes);
  if (!content && content.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(content);
  // A power failure may leave a file that was not synced empty or cut short.
  if (!as_text(*content).ends_with(kEndOfJpeg)) return std::nullopt;
  FIT_TRY(ImageFile file, image_file(kLargeThumbnailField, *std::move(content)));
  return file;
}

Result<ImageFile> make_large_thumbnail(ImageFiles& files, ByteView image, const std::string& sha256,
                                       const ImageProcessor& processor) {
  FIT_TRY(Bytes jpeg, processor.thumbnail(kLargeThumbnailField, image, kLargeThumbnail));
  const std::string name = large_thumbnail_name(sha256, processor.thumbnail_side());
  if (auto put = files.thumbnails().put(name, jpeg, blobs::Durability::kUnsynced); !put) {
    return blobs::storage_error(put.error(), "image");
  }
  return image_file(kLargeThumbnailField, std::move(jpeg));
}

}  // namespace fit::catalog
