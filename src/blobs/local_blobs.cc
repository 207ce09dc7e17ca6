#include "blobs/local_blobs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <optional>
#include <set>

#include "base/fd.h"
#include "base/files.h"
#include "base/folder_lock.h"
#include "base/format.h"
#include "blobs/storage_error.h"

namespace fit::blobs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShaDigits = 64;
constexpr std::size_t kLongestExtension = 5;
constexpr std::size_t kShardDigits = 2;
constexpr std::string_view kUnfinished = ".tmp";

// Makes the folder so that it survives a crash.
Result<void> make_durable_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return {};
  FIT_CHECK(make_dirs(folder));
  FIT_CHECK(sync_path(folder.parent_path()));
  return sync_path(folder.parent_path().parent_path());
}

// Sets the time to now. The caller holds the shard's lock, so that remove() sees the new time. False where
// this is not allowed or the file is not there.
bool touch(const fs::path& path) {
  return ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0;
}

// Compares the stored bytes: a power failure or a failing disk can leave a file of the right name and size
// with other content.
bool has_content(const fs::path& path, ByteView content) {
  std::error_code error;
  if (fs::file_size(path, error) != content.size() || error) return false;
  const auto stored = read_file(path, content.size());
  return stored && std::ranges::equal(*stored, content);
}

Result<void> write_new_file(const std::string& path, ByteView content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return from_errno("create " + path, errno);
  Result<void> written = write_all(fd, content, "write " + path);
  if (::close(fd) != 0 && written) return from_errno("write " + path, errno);
  return written;
}

// A name beside the path that no other writer has.
std::string aside_of(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.string() + fit::format(".{}.{}{}", ::getpid(), counter++, kUnfinished);
}

// Makes the file with `write`, which gets the path of a neighbour: a whole file appears under the name or
// none. Nothing is flushed to the disk.
template <class Write>
Result<void> write_unsynced(const fs::path& path, const Write& write) {
  const std::string aside = aside_of(path);
  Result<void> written = write(aside);
  if (written && ::rename(aside.c_str(), path.c_str()) != 0) {
    written = from_errno("rename " + aside, errno);
  }
  if (!written) ::unlink(aside.c_str());
  return written;
}

// The number of files from which one flush of the file system costs less than one for each file.
constexpr std::size_t kManyFiles = 3;

// Flushes the file system that the folder is on.
Result<void> sync_file_system(const fs::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return from_errno("open " + folder.string(), errno);
  if (::syncfs(fd.get()) != 0) return from_errno("sync " + folder.string(), errno);
  return {};
}

// Flushes files or folders, all of which are on the file system of `folder`.
Result<void> sync_all(const fs::path& folder, const std::set<fs::path>& paths) {
  if (paths.size() >= kManyFiles) return sync_file_system(folder);
  for (const fs::path& path : paths) FIT_CHECK(sync_path(path));
  return {};
}

// Files that become durable together. Each is written beside its place; then all are flushed, renamed, and
// their folders flushed: two flushes of the disk, however many files there are.
class Batch {
 public:
  explicit Batch(fs::path folder) : folder_(std::move(folder)) {}
  ~Batch() {
    for (const Aside& one : asides_) {
      if (!one.is_renamed) ::unlink(one.path.c_str());
    }
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // Writes one file aside, unless it is stored already.
  Result<void> add(std::size_t index, const fs::path& place, ByteView content) {
    const fs::path shard = place.parent_path();
    FIT_CHECK(make_durable_folder(shard));
    if (!locks_.contains(shard)) {
      FIT_TRY(auto lock, FolderLock::take(shard, FolderLock::Kind::kShared));
      locks_.emplace(shard, std::move(lock));
    }
    if (!has_content(place, content) || !touch(place)) {
      Aside aside{.index = index, .path = aside_of(place), .place = place};
      if (auto written = write_new_file(aside.path, content); !written) {
        ::unlink(aside.path.c_str());
        return written;
      }
      asides_.push_back(std::move(aside));
    }
    shards_.insert(shard);  // of a stored file too: another writer may have renamed it just now
    return {};
  }

  // Makes all files durable under their names. Files that fail by themselves are reported in `results`.
  Result<void> commit(std::vector<Result<void>>& results) {
    std::set<fs::path> written;
    for (const Aside& one : asides_) written.insert(one.path);
    FIT_CHECK(sync_all(folder_, written));
    for (Aside& one : asides_) {
      one.is_renamed = ::rename(one.path.c_str(), one.place.c_str()) == 0;
      if (!one.is_renamed) results[one.index] = from_errno("rename " + one.path, errno);
    }
    return sync_all(folder_, shards_);
  }

 private:
  struct Aside {
    std::size_t index = 0;
    std::string path;
    fs::path place;
    bool is_renamed = false;
  };

  const fs::path folder_;
  std::map<fs::path, FolderLock> locks_;
  std::vector<Aside> asides_;
  std::set<fs::path> shards_;
};

// Nothing for what is gone, or is no file.
std::optional<BlobInfo> info_of(const fs::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto since_epoch =
      std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return BlobInfo{.name = path.filename().string(),
                  .size_bytes = status.st_size,
                  .put_at = Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch)),
                  .is_unfinished = path.extension() == kUnfinished};
}

class LocalHold final : public BlobHold {
 public:
  explicit LocalHold(FolderLock lock) : lock_(std::move(lock)) {}

 private:
  FolderLock lock_;
};

}  // namespace

std::optional<fs::path> LocalBlobs::local_path(std::string_view name) const {
  if (sha256_of_name(name).empty()) return std::nullopt;
  return folder_ / name.substr(0, kShardDigits) / name;
}

Result<void> LocalBlobs::put(const std::string& name, ByteView content, Durability durability) {
  const auto path = local_path(name);
  if (!path) return invalid_blob_name();
  const fs::path shard = path->parent_path();
  if (durability == Durability::kUnsynced) {
    FIT_CHECK(make_dirs(shard));
    FIT_TRY(const auto lock, FolderLock::take(shard, FolderLock::Kind::kShared));
    return write_unsynced(*path, [&](const std::string& aside) { return write_new_file(aside, content); });
  }
  FIT_CHECK(make_durable_folder(shard));
  FIT_TRY(const auto lock, FolderLock::take(shard, FolderLock::Kind::kShared));
  if (has_content(*path, content) && touch(*path)) {
    return sync_path(shard);  // another writer may have renamed it just now
  }
  return write_file_atomically(*path, content);
}

std::vector<Result<void>> LocalBlobs::put_all(std::span<const BlobContent> files) {
  std::vector<Result<void>> results(files.size());
  Batch batch(folder_);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto path = local_path(files[i].name);
    results[i] = path ? batch.add(i, *path, files[i].content) : Result<void>(invalid_blob_name());
  }
  if (auto committed = batch.commit(results); !committed) {
    for (Result<void>& result : results) {
      if (result) result = committed;
    }
  }
  return results;
}

Result<void> LocalBlobs::put_file(const std::string& name, const fs::path& file) {
  const auto path = local_path(name);
  if (!path) return invalid_blob_name();
  FIT_CHECK(make_dirs(path->parent_path()));
  FIT_TRY(const auto lock, FolderLock::take(path->parent_path(), FolderLock::Kind::kShared));
  return write_unsynced(*path, [&](const std::string& aside) -> Result<void> {
    std::error_code error;
    fs::copy_file(file, aside, error);
    if (error) return from_errno("copy " + file.string(), error.value());
    return {};
  });
}

Result<void> LocalBlobs::sync() {
  auto synced = sync_file_system(folder_);
  if (!synced && synced.error().code == ErrorCode::kNotFound) return {};  // nothing was put
  return synced;
}

Result<Bytes> LocalBlobs::get(const std::string& name, std::uint64_t max_bytes) const {
  const auto path = local_path(name);
  if (!path) return not_found("there is no stored file of that name");
  return read_file(*path, max_bytes);
}

Result<Bytes> LocalBlobs::read(const std::string& name, std::uint64_t offset, std::uint64_t count) const {
  const auto path = local_path(name);
  if (!path) return not_found("there is no stored file of that name");
  FIT_TRY(const FileReader file, FileReader::open(*path));
  const std::uint64_t from = std::min(offset, file.size_bytes());
  return file.read(from, std::min(count, file.size_bytes() - from));
}

Result<bool> LocalBlobs::exists(const std::string& name) const {
  const auto path = local_path(name);
  return path && info_of(*path).has_value();
}

Result<bool> LocalBlobs::renew(const std::string& name) {
  const auto path = local_path(name);
  if (!path || !info_of(*path)) return false;
  FIT_TRY(const auto lock, FolderLock::take(path->parent_path(), FolderLock::Kind::kShared));
  return touch(*path);
}

Result<void> LocalBlobs::list(const Visitor& visit) const {
  std::error_code error;
  for (fs::directory_iterator shard(folder_, error), end; !error && shard != end; shard.increment(error)) {
    const std::string digits = shard->path().filename().string();
    std::error_code inner;
    for (fs::directory_iterator file(shard->path(), inner); !inner && file != end; file.increment(inner)) {
      const auto info = info_of(file->path());
      if (!info || digits.size() != kShardDigits || !info->name.starts_with(digits)) continue;
      if (!info->is_unfinished && sha256_of_name(info->name).empty()) continue;  // not ours
      FIT_CHECK(visit(*info));
    }
    // A file of another kind in place of a folder is none of ours.
    if (inner && inner != std::errc::not_a_directory) error = inner;
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return from_errno("list " + folder_.string(), error.value());
  }
  return {};
}

Result<bool> LocalBlobs::remove(const BlobInfo& blob, Timestamp before) {
  const fs::path path = folder_ / blob.name.substr(0, kShardDigits) / fs::path(blob.name).filename();
  FIT_TRY(const auto lock, FolderLock::take(path.parent_path(), FolderLock::Kind::kAlone));
  const auto now = info_of(path);
  if (!now) return true;
  if (now->put_at >= before) return false;
  std::error_code error;
  fs::remove(path, error);
  if (error) return from_errno("remove " + path.string(), error.value());
  return true;
}

Result<std::unique_ptr<BlobHold>> LocalBlobs::hold(HoldFor purpose) {
  std::error_code error;
  if (!fs::is_directory(folder_, error)) return std::make_unique<BlobHold>();
  FIT_TRY(auto lock, FolderLock::try_take(folder_, purpose == HoldFor::kReading ? FolderLock::Kind::kShared
                                                                                : FolderLock::Kind::kAlone));
  return std::make_unique<LocalHold>(std::move(lock));
}

std::vector<Result<void>> BlobStore::put_all(std::span<const BlobContent> files) {
  std::vector<Result<void>> results;
  for (const BlobContent& file : files) results.push_back(put(file.name, file.content, Durability::kSynced));
  return results;
}

bool is_sha256(std::string_view text) {
  return text.size() == kShaDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view sha256_of_name(std::string_view name) {
  if (name.size() < kShaDigits + 2 || name.size() > kShaDigits + 1 + kLongestExtension) return {};
  const std::string_view sha256 = name.substr(0, kShaDigits);
  const std::string_view tail = name.substr(kShaDigits);
  const bool is_name = is_sha256(sha256) && tail[0] == '.' && std::ranges::all_of(tail.substr(1), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                       });
  return is_name ? sha256 : std::string_view();
}

}  // namespace fit::blobs
