#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/image_files.h"
#include "media/image.h"

namespace fit::catalog {

// The cut-out of a stored image: a PNG file with an alpha channel, at most media::kCutoutSide pixels wide and
// high. Cut-outs are kept beside the thumbnails; they can be made again, and go with the image. The image's
// own file does not change. Thread-safe; calls block.

// What is known of an image's cut-out.
struct StoredCutout {
  std::optional<ImageFile> file = {};  // nullopt: it was found that the image has none
};
// Returns nullopt for an image whose cut-out was not made yet. The errors of blobs::BlobStore::get().
Result<std::optional<StoredCutout>> stored_cutout(ImageFiles& files, const std::string& sha256);

// Makes and stores the cut-out of the image with this "stored:" location. An image that cannot be decoded has
// none. `limits` are those of decode(). The errors of ImageFiles::original(), media::cut_out() and
// blobs::BlobStore::put(); those of media::decode() that concern the server.
Result<StoredCutout> make_cutout(ImageFiles& files, const std::string& location, const std::string& sha256,
                                 const media::Limits& limits);
// Makes and stores the cut-out of an image that is in memory. The errors of media::cut_out() and
// blobs::BlobStore::put(); those of media::decode() that concern the server.
Result<StoredCutout> make_cutout(ImageFiles& files, ByteView image, const std::string& sha256,
                                 const media::Limits& limits);

// Decodes an image file, reduced so that the longer side is not far above `longer_side`. nullopt for a file
// that is no image of a format and a size that decode() accepts. The errors of media::decode() that concern
// the server.
Result<std::optional<media::Image>> decode_reduced(ByteView file, int longer_side,
                                                   const media::Limits& limits);

}  // namespace fit::catalog
