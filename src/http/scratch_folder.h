#pragma once

#include <filesystem>

#include "base/fd.h"
#include "base/result.h"

namespace fit::http {

// A folder for this process's temporary files, inside a folder that several processes may share. The
// destructor removes it with its content. A process that is killed leaves its folder behind; the next make()
// removes it. A lock file in each folder shows whether its process is alive.
class ScratchFolder {
 public:
  // Makes the folder, and removes those of dead processes. Blocks. kStorageFull or kInternal naming
  // STORAGE_PATH when it cannot be made.
  static Result<ScratchFolder> make(const std::filesystem::path& parent);

  ScratchFolder(ScratchFolder&& other) noexcept = default;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder(std::filesystem::path path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  Fd lock_;
};

}  // namespace fit::http
