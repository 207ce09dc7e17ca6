#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "catalog/image_files.h"
#include "media/image.h"

namespace fit::catalog {

// An image in which the garment has another colour: a JPEG file, at most media::kRecolourSide pixels wide and
// high. Such files are kept beside the thumbnails and go with the image. An image keeps at most
// kRecolourSlots of them: a further colour takes the place of another one, so that no number of requests
// fills the disk. Thread-safe; calls block.
inline constexpr unsigned kRecolourSlots = 32;

// The colour that a garment gets.
struct RecolourChoice {
  std::uint32_t to = 0;  // sRGB, 0xRRGGBB
  int percent = 100;     // strength, 0 to 100

  friend bool operator==(const RecolourChoice&, const RecolourChoice&) = default;
};

// What is known of an image in a colour: a file, or the reason why there is none.
struct StoredRecolour {
  std::optional<ImageFile> file = {};
  std::string reason = {};  // for clients; set without a file
};
// Returns nullopt for an image that was not made in this colour yet, or not kept. The errors of
// blobs::BlobStore::get().
Result<std::optional<StoredRecolour>> stored_recolour(ImageFiles& files, const std::string& sha256,
                                                      const RecolourChoice& choice);

// Recolours and stores the image `file`, whose digest is `sha256`. `limits` are those of decode(). The errors
// of media::find_foreground() and blobs::BlobStore::put(); those of media::decode() that concern the server.
Result<StoredRecolour> make_recolour(ImageFiles& files, ByteView file, const std::string& sha256,
                                     const RecolourChoice& choice, const media::Limits& limits);

}  // namespace fit::catalog
