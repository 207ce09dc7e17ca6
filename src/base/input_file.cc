#include "base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace fit {
namespace {

constexpr std::size_t kBlock = 64 << 10;

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return from_errno("open " + path.string(), errno);
  InputFile file(std::move(fd), 0, path.string());
  struct stat status{};
  if (::fstat(file.fd_.get(), &status) != 0) return from_errno("stat " + path.string(), errno);
  if (!S_ISREG(status.st_mode)) return invalid(path.string(), "is not a regular file");
  file.size_bytes_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

Result<bool> InputFile::grow() {
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  const std::size_t before = buffer_.size();
  const std::size_t wanted = std::max(kBlock, before / 2);  // longer windows grow in larger steps
  ssize_t count = 0;
  buffer_.resize(before + wanted);
  do {
    count = ::read(fd_.get(), buffer_.data() + before, wanted);
  } while (count < 0 && errno == EINTR);
  const int error = errno;
  buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) return from_errno("read " + name_, error);
  return count > 0;
}

void InputFile::consume(std::size_t count) {
  start_ += count;
  position_ += count;
  constexpr std::size_t kKeep = 1 << 20;
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
    if (buffer_.capacity() > kKeep) buffer_.shrink_to_fit();
  }
}

}  // namespace fit
