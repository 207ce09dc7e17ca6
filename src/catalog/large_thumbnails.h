#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "catalog/image_processor.h"
#include "domain/records.h"

namespace fit::catalog {

// The large thumbnail of an image: a JPEG file whose longer side is kLargeThumbnail times that of the
// thumbnail, for screens with several pixels to a pixel of the page. Made when it is first asked for and kept
// beside the thumbnail; it can be made again, and goes with the image. Thread-safe; calls block.
inline constexpr int kLargeThumbnail = 2;

// Whether the image has a large thumbnail: its file is not on another server, and has more pixels than the
// thumbnail.
bool has_large_thumbnail(const domain::ImageFields& image, int thumbnail_side);

// Returns nullopt for a large thumbnail that was not made yet. The errors of blobs::BlobStore::get().
Result<std::optional<ImageFile>> stored_large_thumbnail(ImageFiles& files, const std::string& sha256,
                                                        int thumbnail_side);

// Makes the large thumbnail from the file of the image, and stores it. The errors of
// ImageProcessor::thumbnail() and blobs::BlobStore::put().
Result<ImageFile> make_large_thumbnail(ImageFiles& files, ByteView image, const std::string& sha256,
                                       const ImageProcessor& processor);

}  // namespace fit::catalog
