#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "base/format.h"

namespace fit {
Result<FileReader> FileReader::open(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return from_errno("open " + path.string(), errno);
  FileReader file(std::move(fd), path.string());
  struct stat status{};
  if (::fstat(file.fd_.get(), &status) != 0) return from_errno("stat " + path.string(), errno);
  if (!S_ISREG(status.st_mode)) return invalid(path.string(), "is not a regular file");
  file.size_bytes_ = static_cast<std::uint64_t>(status.st_size);
  file.modified_at_ =
      std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return file;
}

Result<Bytes> FileReader::read(std::uint64_t offset, std::uint64_t count) const {
  Bytes content(count);
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t size =
        ::pread(fd_.get(), content.data() + done, content.size() - done, static_cast<off_t>(offset + done));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return from_errno("read " + name_, errno);
    if (size == 0) break;
    done += static_cast<std::size_t>(size);
  }
  content.resize(done);
  return content;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  FIT_TRY(const FileReader file, FileReader::open(path));
  if (file.size_bytes() > max_bytes) {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_bytes), path.string(), {}};
  }
  return file.read(0, file.size_bytes());
}

Result<void> write_all(int fd, ByteView content, const std::string& what) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return from_errno(what, errno);
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync_path(const std::filesystem::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return from_errno("open " + path.string(), errno);
  if (::fsync(fd.get()) != 0) return from_errno("sync " + path.string(), errno);
  return {};
}

Result<void> make_dirs(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return from_errno("make folder " + path.string(), error.value());
  return {};
}

Result<void> write_file_atomically(const std::filesystem::path& path, ByteView content) {
  static std::atomic<unsigned> counter{0};
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  FIT_CHECK(make_dirs(folder));
  const std::filesystem::path aside = path.string() + fit::format(".{}.{}.tmp", ::getpid(), counter++);
  Result<void> written = [&]() -> Result<void> {
    const Fd fd(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) return from_errno("create " + aside.string(), errno);
    FIT_CHECK(write_all(fd.get(), content, "write " + aside.string()));
    if (::fsync(fd.get()) != 0) return from_errno("sync " + aside.string(), errno);
    return {};
  }();
  if (written && ::rename(aside.c_str(), path.c_str()) != 0) {
    written = from_errno("rename " + aside.string(), errno);
  }
  if (!written) {
    ::unlink(aside.c_str());
    return written;
  }
  return sync_path(folder);
}

}  // namespace fit
