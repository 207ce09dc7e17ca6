#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "media/image.h"

namespace fit::blobs {

// Image files under STORAGE_PATH, named by the SHA-256 of the original, so that equal images share one
// file and no file ever changes its content:
//   images/ab/abcd….jpg      images that clients sent as bytes; on the disk before put_original() returns
//   thumbnails/ab/abcd….jpg  not synced: they can be made again
// A file's time is when it was put last: what no item names after a while can go (image_pruning.h).
// Thread-safe; several processes may share the folder.
class ImageStore {
 public:
  explicit ImageStore(std::filesystem::path storage_path);

  // Keeps the original; answers its location, "stored:<sha256>.<ext>". kStorageFull and others leave nothing
  // behind.
  Result<std::string> put_original(const std::string& sha256, media::Format format, ByteView content);

  // The file of a "stored:" location; kNotFound for other texts, so that no location reaches outside the
  // folder.
  Result<std::filesystem::path> original_path(std::string_view location) const;

  // Puts the original of a "stored:" location, which an item is about to name, once more, if it is there.
  // Nothing happens for other texts.
  void put_again(std::string_view location) const;

  Result<void> put_thumbnail(const std::string& sha256, ByteView jpeg);
  // kNotFound when it was never made or is gone or cut short by a crash.
  Result<Bytes> thumbnail(const std::string& sha256) const;

 private:
  std::filesystem::path storage_path_;
};

// The SHA-256 that an image file's name tells ("<sha256>.<ext>"); empty for other names.
std::string_view sha256_of_name(std::string_view name);

// Whether the image's location is one of ImageStore.
bool is_stored(std::string_view location);

}  // namespace fit::blobs
