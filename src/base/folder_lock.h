#pragma once

#include <filesystem>
#include <utility>

#include "base/fd.h"
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

  FolderLock(FolderLock&& other) noexcept = default;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(Fd folder) : folder_(std::move(folder)) {}
  static Result<FolderLock> lock(const std::filesystem::path& folder, int operation);

  Fd folder_;
};

}  // namespace fit
