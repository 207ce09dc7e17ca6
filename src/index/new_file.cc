#include "index/new_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/files.h"

namespace fit::index {
namespace {

// Opens the file for writing, locks it and truncates it.
Result<Fd> open_aside(const std::filesystem::path& aside) {
  while (true) {
    Fd fd(::open(aside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd) return from_errno("create " + aside.string(), errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      return Error{ErrorCode::kConflict, "another process is saving this index", {}, aside.string()};
    }
    struct stat opened{};
    struct stat named{};
    const bool same = ::fstat(fd.get(), &opened) == 0 && ::stat(aside.c_str(), &named) == 0 &&
                      opened.st_ino == named.st_ino;
    if (same && ::ftruncate(fd.get(), 0) == 0) return fd;
    if (same) return from_errno("empty " + aside.string(), errno);
  }  // another process renamed the file between open and lock: try again
}

}  // namespace

NewFile::~NewFile() {
  if (fd_) ::unlink(aside().c_str());
}

std::filesystem::path NewFile::aside() const {
  std::filesystem::path aside = path_;
  aside += ".tmp";
  return aside;
}

Result<NewFile> NewFile::create(const std::filesystem::path& path) {
  FIT_CHECK(make_dirs(path.parent_path()));
  NewFile file(path, Fd());
  FIT_TRY(file.fd_, open_aside(file.aside()));
  return file;
}

Result<void> NewFile::write(ByteView content, std::uint64_t offset) {
  while (!content.empty()) {
    const ssize_t count = ::pwrite(fd_.get(), content.data(), content.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return from_errno("write the index snapshot", errno);
    content = content.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> NewFile::commit() {
  if (::fsync(fd_.get()) != 0) return from_errno("sync the index snapshot", errno);
  if (::rename(aside().c_str(), path_.c_str()) != 0) return from_errno("rename the index snapshot", errno);
  fd_.close();
  return sync_path(path_.parent_path());
}

Result<void> read_at(int fd, std::span<std::byte> memory, std::uint64_t offset) {
  while (!memory.empty()) {
    const ssize_t count = ::pread(fd, memory.data(), memory.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return from_errno("read the index snapshot", errno);
    if (count == 0) return malformed("snapshot", "of the index is damaged: the file ends too early");
    memory = memory.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace fit::index
