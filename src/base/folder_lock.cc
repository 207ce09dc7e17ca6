#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace fit {
namespace {

int operation_of(FolderLock::Kind kind) {
  return kind == FolderLock::Kind::kShared ? LOCK_SH : LOCK_EX;
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder, Kind kind) {
  return lock(folder, operation_of(kind));
}

Result<FolderLock> FolderLock::try_take(const std::filesystem::path& folder, Kind kind) {
  return lock(folder, operation_of(kind) | LOCK_NB);
}

Result<FolderLock> FolderLock::lock(const std::filesystem::path& folder, int operation) {
  FolderLock lock(Fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  if (!lock.folder_) return from_errno("open " + folder.string(), errno);
  while (::flock(lock.folder_.get(), operation) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      return Error{ErrorCode::kConflict, "another process is at work in " + folder.string(), {}, {}};
    }
    return from_errno("lock " + folder.string(), errno);
  }
  return lock;
}

}  // namespace fit
