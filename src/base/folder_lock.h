#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace fit {

// An advisory lock on a folder (flock): shared by several holders, or exclusive. It ends with the object, or
// with the process.
class FolderLock {
 public:
  // Any number of shared locks exist together; an exclusive lock excludes all others.
  enum class Kind { kShared, kAlone };

  // Blocks while others hold the lock. kNotFound when the folder does not exist; kInternal where the file
  // system has no locks.
  static Result<FolderLock> take(const std::filesystem::path& folder, Kind kind);
  // Does not block: kConflict when others hold the lock. Other errors as for take().
  static Result<FolderLock> try_take(const std::filesystem::path& folder, Kind kind);

  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept : folder_(std::exchange(other.folder_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int folder) : folder_(folder) {}
  static Result<FolderLock> lock(const std::filesystem::path& folder, int operation);

  int folder_;
};

}  // namespace fit
