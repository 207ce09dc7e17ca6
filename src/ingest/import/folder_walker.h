#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fit::ingest {

// Finds the image files under a folder, by their names' endings, in sorted order, sub-folders included.
// Follows symbolic links; each folder is visited once, so loops end. Hidden names (".x") and folders that
// other programs keep their thumbnails and deleted files in ("@eaDir", "thumbnails") are skipped.
// Memory: the names of the folders on the way down. Not thread-safe.
class FolderWalker {
 public:
  // kNotFound when `root` does not exist, kInvalid when it is not a folder, kInternal when it cannot be
  // listed.
  static Result<FolderWalker> open(const std::filesystem::path& root);

  // An image, or a folder that cannot be listed.
  struct Found {
    std::filesystem::path path;
    std::string problem;  // why the folder at `path` cannot be listed; empty for an image
  };
  // The next image or unreadable folder; nullopt at the end.
  std::optional<Found> next();

  // What was passed by so far: files by their ending ("" for those without), and folders of other programs.
  const std::map<std::string, std::int64_t>& skipped_files() const { return skipped_files_; }
  std::int64_t skipped_folders() const { return skipped_folders_; }

 private:
  // A name in a folder.
  struct Entry {
    std::filesystem::path path;
    bool is_folder = false;
  };
  FolderWalker() = default;
  Result<std::vector<Entry>> list(const std::filesystem::path& folder);

  std::vector<std::vector<Entry>> levels_;  // the remaining entries of each level, the next entry last
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited_;  // device and inode of folders
  std::map<std::string, std::int64_t> skipped_files_;
  std::int64_t skipped_folders_ = 0;
};

// Whether the ending is that of an image format that the product takes; ".jfif" is JPEG.
bool is_image_name(const std::filesystem::path& name);

}  // namespace fit::ingest
