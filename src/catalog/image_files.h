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
#include "blobs/storage.h"
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

// A stored file that is missing or damaged.
struct DamagedFile {
  std::string name;
  bool is_lost = false;  // missing; false: its content has changed
};

// The stored files that were found missing or damaged, and those whose content was compared with their name
// since their last change. Thread-safe.
class FileStates {
 public:
  // The metadata by which a change of a file is noticed.
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
  static constexpr std::size_t kMaxDamaged = 1000;  // further damaged files are not listed
  // The number of verified files at which all are forgotten, so that each is verified again.
  static constexpr std::size_t kMaxVerified = 100'000;

  mutable std::mutex mutex_;
  std::map<std::string, bool> is_lost_;  // by file name
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
  // The file of a "stored:" location. kNotFound when it does not exist, and for other locations; kDamaged
  // when its content does not match the digest in its name; kTooLarge. A missing or damaged file is listed by
  // damaged() from then on.
  Result<Bytes> original(std::string_view location, std::uint64_t max_bytes) const;
  // Opens the file of a "stored:" location for a client. The content of a local file is verified at the first
  // call and after each change of the file. The errors of original() and image_file().
  Result<ImageFile> open_original(std::string_view field, std::string_view location,
                                  std::uint64_t max_bytes) const;

  // Stores the original again if its file is missing or damaged; otherwise only reads the file. Does nothing
  // for content that is not an image. The errors of put_original().
  Result<void> restore_original(ByteView content);
  // Keeps pruning off the original of a "stored:" location that an item is about to name, if it is there.
  // Nothing happens for other texts.
  void renew_original(std::string_view location);

  Result<void> put_thumbnail(const std::string& sha256, ByteView jpeg);
  // kNotFound when it was never made, is gone, or was cut short by a crash.
  Result<ImageFile> open_thumbnail(const std::string& sha256) const;

  // The originals that were found missing or damaged and have not been stored again since, by name.
  std::vector<DamagedFile> damaged() const { return states_->damaged(); }

  // Whether the files can be reached. The errors of BlobStore::probe().
  Result<void> probe() const { return originals_->probe(); }

  blobs::BlobStore& originals() { return *originals_; }
  const std::shared_ptr<blobs::BlobStore>& originals_store() const { return originals_; }
  blobs::BlobStore& thumbnails() { return *thumbnails_; }

 private:
  Result<void> verify(const std::string& name, const std::filesystem::path& path,
                      std::uint64_t max_bytes) const;

  std::shared_ptr<blobs::BlobStore> originals_;
  std::shared_ptr<blobs::BlobStore> thumbnails_;
  std::shared_ptr<FileStates> states_ = std::make_shared<FileStates>();
};

// The blob stores of a catalogue, as folders of its storage: original images and thumbnails.
inline constexpr std::string_view kOriginals = "images";
inline constexpr std::string_view kThumbnails = "thumbnails";

// The image files in a storage.
ImageFiles stored_image_files(const blobs::Storage& storage);
// The image files in a local storage at STORAGE_PATH.
ImageFiles local_image_files(const std::filesystem::path& storage_path);

// The name of an original in the store, "<sha256>.<extension>". `format` as in ImageFields.
std::string original_name(std::string_view sha256, std::string_view format);

// Whether the image's location is one that put_original() returned.
bool is_stored(std::string_view location);

// The file name of a "stored:" location; empty for other locations.
std::string stored_name(std::string_view location);

}  // namespace fit::catalog
