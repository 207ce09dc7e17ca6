#pragma once

#include <filesystem>

#include "base/result.h"

namespace fit::http {

// A folder of our own inside a scratch folder that several processes may share: made at the start, removed
// with all it holds at the end. What processes that were killed left behind is removed too; a lock file tells
// theirs from those of the living.
class ScratchFolder {
 public:
  // kStorageFull and others, naming STORAGE_PATH, when the folder cannot be made.
  static Result<ScratchFolder> make(const std::filesystem::path& parent);

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace fit::http
