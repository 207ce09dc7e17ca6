// A library that tests preload into a server to imitate a full disk: while the file that FIT_DISK_FULL names
// exists, every call that would make a file in the folder FIT_DISK grow fails with ENOSPC.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool lies_on_disk(int file) {
  const char* const disk = std::getenv("FIT_DISK");
  char link[32] = {};
  char path[PATH_MAX] = {};
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  if (disk == nullptr || readlink(link, path, sizeof path - 1) < 0) return false;
  const std::size_t size = std::strlen(disk);
  return std::strncmp(path, disk, size) == 0 && path[size] == '/';
}

// Whether a write that ends at `end` is refused; an end below 0 stands for a write of `size` bytes at the
// file's position.
bool is_refused(int file, off_t end, std::size_t size = 0) {
  const int error = errno;
  const char* const full = std::getenv("FIT_DISK_FULL");
  struct stat state = {};
  bool refused = full != nullptr && access(full, F_OK) == 0 && fstat(file, &state) == 0 &&
                 S_ISREG(state.st_mode) && lies_on_disk(file);
  if (refused && end < 0) {
    const bool appends = (fcntl(file, F_GETFL) & O_APPEND) != 0;
    end = (appends ? state.st_size : lseek(file, 0, SEEK_CUR)) + static_cast<off_t>(size);
  }
  refused = refused && end > state.st_size;
  errno = refused ? ENOSPC : error;
  return refused;
}

std::size_t size_of(const iovec* parts, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return size;
}

// Returns the C library's function of the same name.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  return is_refused(file, -1, size) ? -1 : next(file, bytes, size);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return is_refused(file, at + static_cast<off_t>(size)) ? -1 : next(file, bytes, size, at);
}

ssize_t writev(int file, const iovec* parts, int count) {
  static auto* const next = real<ssize_t(int, const iovec*, int)>("writev");
  return is_refused(file, -1, size_of(parts, count)) ? -1 : next(file, parts, count);
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t at) {
  static auto* const next = real<ssize_t(int, const iovec*, int, off_t)>("pwritev");
  const off_t end = at + static_cast<off_t>(size_of(parts, count));
  return is_refused(file, end) ? -1 : next(file, parts, count, at);
}

int posix_fallocate(int file, off_t at, off_t size) {
  static auto* const next = real<int(int, off_t, off_t)>("posix_fallocate");
  return is_refused(file, at + size) ? ENOSPC : next(file, at, size);
}

int fallocate(int file, int mode, off_t at, off_t size) {
  static auto* const next = real<int(int, int, off_t, off_t)>("fallocate");
  return is_refused(file, at + size) ? -1 : next(file, mode, at, size);
}
}
