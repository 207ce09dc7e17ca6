#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fit::ingest {

// Finds the image files under a folder, by their names' endings, in sorted order, sub-folders included.
// Follows symbolic links; each folder is visited once, so loops end. Hidden names (".x") are skipped.
// Memory: the names of the folders on the way down. Not thread-safe.
class FolderWalker {
 public:
  // kNotFound, kInvalid (not a folder) and others when `root` cannot be listed.
  static Result<FolderWalker> open(const std::filesystem::path& root);

  struct Found {
    std::filesystem::path path;
    std::string problem;  // why the folder at `path` cannot be listed; empty for an image
  };
  // The next image, or folder that cannot be listed; nothing at the end.
  std::optional<Found> next();

 private:
  struct Entry {
    std::filesystem::path path;
    bool is_folder = false;
  };
  FolderWalker() = default;
  Result<std::vector<Entry>> list(const std::filesystem::path& folder);

  std::vector<std::vector<Entry>> levels_;  // what is left on each level, the next one last
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited_;  // device and inode of folders
};

bool is_image_name(const std::filesystem::path& name);

}  // namespace fit::ingest
