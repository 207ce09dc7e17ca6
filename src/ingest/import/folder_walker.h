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

// Finds the image files of a folder and its sub-folders by their file name extensions, in sorted order.
// Follows symbolic links; each folder is visited once, so that loops end. Skips hidden names (".x") and the
// folders in which other programs store thumbnails and deleted files ("@eaDir", "thumbnails"). Holds the
// listings of the current folder and its parents in memory. Not thread-safe.
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

  // What was skipped so far: the number of files by extension ("": without one; the first hundred extensions
  // are counted), and of folders of other programs.
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

// Whether the file name has the extension of an image format.
bool is_image_name(const std::filesystem::path& name);

}  // namespace fit::ingest
