#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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

// A stored file that is not as it was stored.
struct DamagedFile {
  std::string name;
  bool is_lost = false;  // it is gone; otherwise its content is another
};

// What is known of the stored files of a process: which are lost or damaged, and which were compared with their
// names since they changed last. Thread-safe.
class FileStates {
 public:
  // One state of a file's metadata.
  struct Version {
    std::chrono::nanoseconds modified_at{};
    std::uint64_t size_bytes = 0;

    friend bool operator==(const Version&, const Version&) = default;
  };

  void add_damaged(DamagedFile file);
  void remove_damaged(const std::string& name);
  std::vector<DamagedFile> damaged() const;

  bool is_verified(const std::string& name, const Version& version) const;
  void set_verified(const std::string& name, const Version& version);

 private:
  // Further damaged files are not remembered; beyond the other limit all files are compared again.
  static constexpr std::size_t kMaxDamaged = 1000;
  static constexpr std::size_t kMaxVerified = 100'000;

  mutable std::mutex mutex_;
  std::map<std::string, bool> is_lost_;  // by name
  std::unordered_map<std::string, Version> verified_;
};

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
  // The file of a "stored:" location. kNotFound when it is not there, and for other texts; kDamaged when its
  // content is not the one that its name tells; kTooLarge. A missing or damaged file is in damaged() from then on.
  Result<Bytes> original(std::string_view location, std::uint64_t max_bytes) const;
  // The same file for a client, with the errors of original() and image_file(). A local file is compared with its
  // name when it is opened for the first time and after it changed.
  Result<ImageFile> open_original(std::string_view field, std::string_view location,
                                  std::uint64_t max_bytes) const;

  // Stores the original again if it is missing or damaged; no cost but reading where it is as it was. Nothing
  // happens for a content that is no image. The errors of put_original().
  Result<void> restore_original(ByteView content);
  // Keeps pruning off the original of a "stored:" location that an item is about to name, if it is there.
  // Nothing happens for other texts.
  void renew_original(std::string_view location);

  Result<void> put_thumbnail(const std::string& sha256, ByteView jpeg);
  // kNotFound when it was never made, is gone, or was cut short by a crash.
  Result<ImageFile> open_thumbnail(const std::string& sha256) const;

  // The originals that original() found missing or damaged and that were not stored again since, in no order.
  std::vector<DamagedFile> damaged() const { return states_->damaged(); }

  blobs::BlobStore& originals() { return *originals_; }
  blobs::BlobStore& thumbnails() { return *thumbnails_; }

 private:
  Result<void> verify(const std::string& name, const std::filesystem::path& path, std::uint64_t max_bytes) const;

  std::shared_ptr<blobs::BlobStore> originals_;
  std::shared_ptr<blobs::BlobStore> thumbnails_;
  std::shared_ptr<FileStates> states_ = std::make_shared<FileStates>();
};

// The image files in the folders images/ and thumbnails/ below STORAGE_PATH.
ImageFiles local_image_files(const std::filesystem::path& storage_path);

// Whether the image's location is one that put_original() returned.
bool is_stored(std::string_view location);

// The name of the file of such a location; empty for other texts.
std::string stored_name(std::string_view location);

}  // namespace fit::catalog
