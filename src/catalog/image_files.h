#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "blobs/blob_store.h"
#include "domain/records.h"

namespace fit::catalog {

// An image file on its way to a client.
struct ImageFile {
  std::filesystem::path path;  // of a local file; empty: `content` is the file
  Bytes content;
  std::string version;  // of the content: equal versions of one image mean equal bytes
  std::string mime_type;
};

// An image file from its bytes, or from a local file without reading all of it. The errors of
// FileReader::open() and media::detect_format(), which name `field`; kTooLarge naming the path.
Result<ImageFile> image_file(std::string_view field, Bytes content);
Result<ImageFile> image_file(std::string_view field, const std::filesystem::path& path,
                             std::uint64_t max_bytes);

// The image files that a catalogue keeps itself: originals that clients sent, and thumbnails. An original is
// on the disk before put_original() returns; thumbnails can be made again. Files that no item names any more
// are removed by prune_images(). Copies share their stores. Thread-safe, blocks.
class ImageFiles {
 public:
  ImageFiles(std::shared_ptr<blobs::BlobStore> originals, std::shared_ptr<blobs::BlobStore> thumbnails)
      : originals_(std::move(originals)), thumbnails_(std::move(thumbnails)) {}

  // Stores the original of an image, by its sha256 and format, and returns its location,
  // "stored:<sha256>.<ext>". The errors of BlobStore::put().
  Result<std::string> put_original(const domain::ImageFields& image, ByteView content);
  // The file of a "stored:" location. kNotFound when it does not exist, and for other locations; kTooLarge.
  Result<Bytes> original(std::string_view location, std::uint64_t max_bytes) const;
  // The same file for a client, with the errors of original() and image_file().
  Result<ImageFile> open_original(std::string_view field, std::string_view location,
                                  std::uint64_t max_bytes) const;
  // Keeps pruning off the original of a "stored:" location that an item is about to name, if it is there.
  // Nothing happens for other texts.
  void renew_original(std::string_view location);

  Result<void> put_thumbnail(const std::string& sha256, ByteView jpeg);
  // kNotFound when it was never made, is gone, or was cut short by a crash.
  Result<ImageFile> open_thumbnail(const std::string& sha256) const;

  blobs::BlobStore& originals() { return *originals_; }
  blobs::BlobStore& thumbnails() { return *thumbnails_; }

 private:
  std::shared_ptr<blobs::BlobStore> originals_;
  std::shared_ptr<blobs::BlobStore> thumbnails_;
};

// The image files in the folders images/ and thumbnails/ below STORAGE_PATH.
ImageFiles local_image_files(const std::filesystem::path& storage_path);

// Whether the image's location is one that put_original() returned.
bool is_stored(std::string_view location);

}  // namespace fit::catalog
