#include "blobs/image_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "base/files.h"
#include "base/folder_lock.h"
#include "base/format.h"

namespace fit::blobs {
namespace {

constexpr std::string_view kPrefix = "stored:";
constexpr std::size_t kShaDigits = 64;
constexpr std::uint64_t kMaxThumbnailBytes = 16u << 20;

bool is_sha256(std::string_view text) {
  return text.size() == kShaDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view extension(media::Format format) {
  return format == media::Format::kJpeg ? "jpg" : media::to_string(format);
}

std::filesystem::path shard(const std::filesystem::path& folder, std::string_view sha256) {
  return folder / sha256.substr(0, 2);
}

// The caller holds the folder's lock: a file that is new again is not taken for one that can go. False where
// this is not allowed or the file is not there.
bool make_new_again(const std::filesystem::path& path) {
  return ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0;
}

// Makes the folder so that it survives a crash.
Result<void> make_durable_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  FIT_CHECK(make_dirs(folder));
  FIT_CHECK(sync_path(folder.parent_path()));
  return sync_path(folder.parent_path().parent_path());
}

// A whole file appears under the name or none; nothing is flushed to the disk.
Result<void> write_file_unsynced(const std::filesystem::path& path, ByteView content) {
  static std::atomic<unsigned> counter{0};
  const std::string aside = path.string() + fit::format(".{}.{}.tmp", ::getpid(), counter++);
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return from_errno("create " + aside, errno);
  int error = 0;
  while (!content.empty() && error == 0) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count >= 0) content = content.subspan(static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) error = errno;
  }
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(aside.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(aside.c_str());
  return from_errno("write " + path.string(), error);
}

// A power failure may leave a file that was not synced empty or full of zeros.
bool is_whole_jpeg(ByteView content) {
  const auto at = [&](std::size_t i) { return std::to_integer<int>(content[i]); };
  const std::size_t size = content.size();
  return size > 4 && at(0) == 0xFF && at(1) == 0xD8 && at(size - 2) == 0xFF && at(size - 1) == 0xD9;
}

}  // namespace

ImageStore::ImageStore(std::filesystem::path storage_path) : storage_path_(std::move(storage_path)) {}

Result<std::string> ImageStore::put_original(const std::string& sha256, media::Format format,
                                             ByteView content) {
  const std::string name = sha256 + "." + std::string(extension(format));
  const std::filesystem::path folder = shard(storage_path_ / "images", sha256);
  const std::filesystem::path path = folder / name;
  FIT_CHECK(make_durable_folder(folder));
  FIT_TRY(const auto lock, FolderLock::take(folder, FolderLock::Kind::kShared));
  std::error_code error;
  if (std::filesystem::file_size(path, error) == content.size() && !error && make_new_again(path)) {
    FIT_CHECK(sync_path(folder));  // another writer may have renamed it just now
  } else {
    FIT_CHECK(write_file_atomically(path, content));
  }
  return std::string(kPrefix) + name;
}

Result<std::filesystem::path> ImageStore::original_path(std::string_view location) const {
  if (!is_stored(location)) return not_found("there is no stored picture of that name");
  const std::string_view name = location.substr(kPrefix.size());
  return shard(storage_path_ / "images", name) / name;
}

void ImageStore::put_again(std::string_view location) const {
  const auto path = original_path(location);
  if (!path) return;
  const auto lock = FolderLock::take(path->parent_path(), FolderLock::Kind::kShared);
  if (lock) make_new_again(*path);
}

Result<void> ImageStore::put_thumbnail(const std::string& sha256, ByteView jpeg) {
  const std::filesystem::path folder = shard(storage_path_ / "thumbnails", sha256);
  FIT_CHECK(make_dirs(folder));
  FIT_TRY(const auto lock, FolderLock::take(folder, FolderLock::Kind::kShared));
  return write_file_unsynced(folder / (sha256 + ".jpg"), jpeg);
}

Result<Bytes> ImageStore::thumbnail(const std::string& sha256) const {
  if (!is_sha256(sha256)) return not_found("there is no such thumbnail");
  FIT_TRY(Bytes content,
          read_file(shard(storage_path_ / "thumbnails", sha256) / (sha256 + ".jpg"), kMaxThumbnailBytes));
  if (!is_whole_jpeg(content)) return not_found("the thumbnail was cut short");
  return content;
}

std::string_view sha256_of_name(std::string_view name) {
  if (name.size() < kShaDigits + 2 || name.size() > kShaDigits + 6) return {};
  const std::string_view sha256 = name.substr(0, kShaDigits);
  const std::string_view tail = name.substr(kShaDigits);
  const bool is_name = is_sha256(sha256) && tail[0] == '.' &&
                       std::ranges::all_of(tail.substr(1), [](char c) { return c >= 'a' && c <= 'z'; });
  return is_name ? sha256 : std::string_view();
}

bool is_stored(std::string_view location) {
  if (!location.starts_with(kPrefix)) return false;
  return !sha256_of_name(location.substr(kPrefix.size())).empty();
}

}  // namespace fit::blobs
