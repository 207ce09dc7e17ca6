#include "blobs/local_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fd.h"
#include "base/files.h"
#include "base/folder_lock.h"
#include "base/format.h"

namespace fit::blobs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartial = ".tmp";
constexpr std::uint64_t kPieceBytes = 1 << 20;

class LockedTree final : public BlobHold {
 public:
  explicit LockedTree(FolderLock lock) : lock_(std::move(lock)) {}

 private:
  FolderLock lock_;
};

// Writes what `read` returns to a new file.
Result<void> write_pieces(const std::string& path, const FileTree::Reader& read) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return from_errno("create " + path, errno);
  for (;;) {
    FIT_TRY(const Bytes piece, read());
    if (piece.empty()) return {};
    FIT_CHECK(write_all(file.get(), piece, "write " + path));
  }
}

Error unlisted(const fs::path& folder, const std::error_code& error) {
  return internal(fit::format("{} cannot be listed", folder.string()), error.message());
}

}  // namespace

Result<void> LocalTree::put(const std::string& path, std::uint64_t /*size_bytes*/, const Reader& read) {
  const fs::path file = folder_ / path;
  FIT_CHECK(make_dirs(file.parent_path()));
  const std::string partial = file.string() + std::string(kPartial);
  Result<void> written = write_pieces(partial, read);
  if (written && ::rename(partial.c_str(), file.c_str()) != 0)
    written = from_errno("rename " + partial, errno);
  if (!written) ::unlink(partial.c_str());
  return written;
}

Result<void> LocalTree::sync() {
  const Fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return errno == ENOENT ? Result<void>() : from_errno("open " + folder_.string(), errno);
  if (::syncfs(folder.get()) != 0) return from_errno("sync " + folder_.string(), errno);
  return {};
}

Result<void> LocalTree::read(const std::string& path, const Writer& write) const {
  FIT_TRY(const FileReader file, FileReader::open(folder_ / path));
  for (std::uint64_t at = 0; at < file.size_bytes();) {
    FIT_TRY(const Bytes piece, file.read(at, std::min(kPieceBytes, file.size_bytes() - at)));
    if (piece.empty())
      return internal("the file became shorter while it was read", (folder_ / path).string());
    FIT_CHECK(write(piece));
    at += piece.size();
  }
  return {};
}

Result<bool> LocalTree::exists(const std::string& path) const {
  std::error_code ignored;
  return fs::is_regular_file(folder_ / path, ignored);
}

Result<std::vector<std::string>> LocalTree::folders() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) names.push_back(at->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) return unlisted(folder_, error);
  std::ranges::sort(names);
  return names;
}

Result<void> LocalTree::list(const std::string& folder,
                             const std::function<Result<void>(const TreeFile&)>& visit) const {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder_ / folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (!at->is_regular_file(ignored) || at->path().extension() == kPartial) continue;
    FIT_CHECK(visit({.path = at->path().lexically_relative(folder_).string(),
                     .size_bytes = static_cast<std::int64_t>(at->file_size(ignored))}));
  }
  if (error && error != std::errc::no_such_file_or_directory) return unlisted(folder_ / folder, error);
  return {};
}

Result<void> LocalTree::remove(const std::string& folder, const std::string& first) {
  std::error_code error;
  fs::remove(folder_ / folder / first, error);
  if (!error) fs::remove_all(folder_ / folder, error);
  if (error) return internal(fit::format("{} cannot be removed", name_of(folder)), error.message());
  return {};
}

Result<std::unique_ptr<BlobHold>> LocalTree::hold() {
  FIT_CHECK(make_dirs(folder_));
  FIT_TRY(auto lock, FolderLock::try_take(folder_, FolderLock::Kind::kAlone));
  return std::make_unique<LockedTree>(std::move(lock));
}

std::string LocalTree::name_of(const std::string& path) const {
  return path.empty() ? folder_.string() : (folder_ / path).string();
}

}  // namespace fit::blobs
