#include "catalog/cutouts.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "blobs/storage_error.h"
#include "media/cutout.h"

namespace fit::catalog {
namespace {

constexpr std::string_view kCutoutField = "photo";
constexpr std::uint64_t kMaxCutoutBytes = 4u << 20;
constexpr std::string_view kNoCutout = "none";  // the content of the file of an image without one
constexpr std::string_view kEndOfPng = "IEND\xAE\x42\x60\x82";

// The number grows when cut-outs are made in another way.
std::string cutout_name(const std::string& sha256) {
  return sha256 + ".cut1";
}

bool concerns_image(const Error& error) {
  return error.code == ErrorCode::kMalformed || error.code == ErrorCode::kInvalid ||
         error.code == ErrorCode::kUnsupportedMedia || error.code == ErrorCode::kTooLarge;
}

// The PNG file; empty for an image without a cut-out.
Result<Bytes> cutout_file(ByteView image, const media::Limits& limits) {
  FIT_TRY(const auto decoded, decode_reduced(image, media::kCutoutSide, limits));
  if (!decoded) return Bytes();
  FIT_TRY(const auto cutout, media::cut_out(*decoded, limits));
  return cutout ? media::encode_png(*cutout) : Result<Bytes>(Bytes());
}

}  // namespace

Result<std::optional<media::Image>> decode_reduced(ByteView file, int longer_side,
                                                   const media::Limits& limits) {
  const auto info = media::probe(kCutoutField, file, limits);
  if (!info && concerns_image(info.error())) return std::nullopt;
  FIT_CHECK(info);
  const std::int64_t longer = std::max(info->width, info->height);
  const std::int64_t shorter = std::min(info->width, info->height);
  const auto short_side = static_cast<int>((longer_side * shorter + longer - 1) / longer);
  auto decoded = media::decode(kCutoutField, file, std::max(1, short_side), limits);
  if (!decoded && concerns_image(decoded.error())) return std::nullopt;
  FIT_CHECK(decoded);
  return std::optional(*std::move(decoded));
}

Result<std::optional<StoredCutout>> stored_cutout(ImageFiles& files, const std::string& sha256) {
  auto content = files.thumbnails().get(cutout_name(sha256), kMaxCutoutBytes);
  if (!content && content.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(content);
  if (as_text(*content) == kNoCutout) return StoredCutout{};
  // A power failure may leave a file that was not synced empty or cut short.
  if (!as_text(*content).ends_with(kEndOfPng)) return std::nullopt;
  FIT_TRY(ImageFile file, image_file(kCutoutField, *std::move(content)));
  return StoredCutout{.file = std::move(file)};
}

Result<StoredCutout> make_cutout(ImageFiles& files, const std::string& location, const std::string& sha256,
                                 const media::Limits& limits) {
  FIT_TRY(const Bytes image, files.original(location, limits.max_bytes));
  return make_cutout(files, ByteView(image), sha256, limits);
}

Result<StoredCutout> make_cutout(ImageFiles& files, ByteView image, const std::string& sha256,
                                 const media::Limits& limits) {
  FIT_TRY(Bytes png, cutout_file(image, limits));
  const ByteView stored = png.empty() ? as_bytes(kNoCutout) : ByteView(png);
  if (auto put = files.thumbnails().put(cutout_name(sha256), stored, blobs::Durability::kUnsynced); !put) {
    return blobs::storage_error(put.error(), "image");
  }
  if (png.empty()) return StoredCutout{};
  FIT_TRY(ImageFile file, image_file(kCutoutField, std::move(png)));
  return StoredCutout{.file = std::move(file)};
}

}  // namespace fit::catalog
