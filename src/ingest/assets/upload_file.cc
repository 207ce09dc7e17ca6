#include "ingest/assets/upload_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/files.h"

namespace fit::ingest {

Result<void> UploadFile::make(const std::filesystem::path& path) {
  FIT_CHECK(make_dirs(path.parent_path()));
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return from_errno("create " + path.string(), errno);
  ::close(fd);
  return sync_path(path.parent_path());
}

Result<UploadFile> UploadFile::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return from_errno("open " + path.string(), errno);
  UploadFile file(fd, path);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) return from_errno("lock " + path.string(), errno);
  return Error{ErrorCode::kConflict, "another request is writing to it", "upload", {}};
}

UploadFile::UploadFile(UploadFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      mapped_bytes_(other.mapped_bytes_) {}

UploadFile::~UploadFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_bytes_);
  if (fd_ >= 0) ::close(fd_);
}

Result<void> UploadFile::write(std::uint64_t offset, ByteView data) {
  while (!data.empty()) {
    const ssize_t count = ::pwrite(fd_, data.data(), data.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return from_errno("write " + path_.string(), errno);
    data = data.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  // An earlier writer may have been killed after bytes that it had not acknowledged.
  if (::ftruncate(fd_, static_cast<off_t>(offset)) != 0) return from_errno("cut " + path_.string(), errno);
  if (::fsync(fd_) != 0) return from_errno("sync " + path_.string(), errno);
  return {};
}

Result<ByteView> UploadFile::map(std::uint64_t size) {
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return from_errno("stat " + path_.string(), errno);
  if (static_cast<std::uint64_t>(status.st_size) < size) {
    return Error{ErrorCode::kDamaged, "the file of the upload is cut short", {}, path_.string()};
  }
  if (size == 0) return ByteView();
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd_, 0);
  if (mapped == MAP_FAILED) return from_errno("read " + path_.string(), errno);
  mapped_ = mapped;
  mapped_bytes_ = size;
  return ByteView(static_cast<const std::byte*>(mapped), size);
}

}  // namespace fit::ingest
