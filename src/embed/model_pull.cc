#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "embed/model_lock.h"
#include "embed/model_store.h"

namespace fit::embed {
namespace {

// The exclusive lock of a model folder, held by one pull at a time and released when the process ends.
class PullLock {
 public:
  static Result<PullLock> take(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / ".pull.lock";
    PullLock lock(Fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)));
    if (!lock.fd_) return from_errno("create " + file.string(), errno);
    if (::flock(lock.fd_.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) return from_errno("lock " + file.string(), errno);
    return Error{ErrorCode::kConflict, "this model is already being downloaded", "model", folder.string()};
  }

 private:
  explicit PullLock(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
};

// Replaces the scheme and host of a URL by `base_url`.
std::string mirrored(const std::string& url, std::string base_url) {
  if (base_url.empty()) return url;
  while (base_url.ends_with('/')) base_url.pop_back();
  const auto path = url.find('/', url.find("://") + 3);
  return base_url + (path == std::string::npos ? "/" : url.substr(path));
}

// One pull of a model.
class ModelDownload {
 public:
  ModelDownload(const ModelEntry& entry, net::HttpClient& http, const ModelStore::PullOptions& options,
                ModelLock lock)
      : entry_(entry), http_(http), options_(options), lock_(std::move(lock)) {
    for (const ModelFile& file : entry_.manifest.files) {
      if (!file.size_bytes) return;
      total_bytes_ += *file.size_bytes;
    }
    total_known_ = true;
  }

  Result<void> run() {
    FIT_CHECK(check_free_space());
    FIT_CHECK(write_file_atomically(entry_.folder / "manifest.json", as_bytes(to_json(entry_.manifest))));
    for (const ModelFile& file : entry_.manifest.files) FIT_CHECK(fetch(file));
    return {};
  }

 private:
  Result<void> check_free_space() const {
    std::error_code problem;
    const auto space = std::filesystem::space(entry_.folder, problem);
    std::uint64_t needed = 0;
    for (const ModelFile& file : entry_.manifest.files) {
      std::error_code missing;
      if (std::filesystem::exists(entry_.folder / file.path, missing)) continue;
      const auto part = std::filesystem::file_size(part_of(file), missing);
      needed += file.size_bytes.value_or(0) -
                std::min<std::uint64_t>(missing ? 0 : part, file.size_bytes.value_or(0));
    }
    if (problem || space.available >= needed) return {};
    return Error{ErrorCode::kStorageFull,
                 fit::format("the model needs {} MB more than the {} MB of free space",
                             (needed - space.available) >> 20, space.available >> 20),
                 "model", entry_.folder.string()};
  }

  std::filesystem::path part_of(const ModelFile& file) const {
    return (entry_.folder / file.path).string() + ".part";
  }

  void report(const ModelFile& file, std::uint64_t file_bytes) const {
    options_.progress.stage(file.path)(static_cast<std::int64_t>(done_bytes_ + file_bytes),
                                       total_known_ ? static_cast<std::int64_t>(total_bytes_) : 0);
  }

  // Returns whether the file exists with the expected checksum, and if so records it in the lock.
  bool is_present(const ModelFile& file) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(entry_.folder / file.path, missing);
    if (missing || (file.size_bytes && *file.size_bytes != size)) return false;
    const auto locked = lock_.find(file.path);
    const std::string expected = !file.sha256.empty()    ? file.sha256
                                 : locked != lock_.end() ? locked->second.sha256
                                                         : std::string();
    if (expected.empty()) return false;
    const auto sum = sha256_file_hex(entry_.folder / file.path);
    if (!sum || *sum != expected) return false;
    done_bytes_ += size;
    report(file, 0);
    lock_[file.path] = {*sum, size, locked == lock_.end() ? file.url : locked->second.url};
    return true;
  }

  // Downloads the file unless it is present.
  Result<void> fetch(const ModelFile& file) {
    if (is_present(file)) return save_model_lock(entry_.folder, lock_);
    if (file.url.empty()) {
      return invalid(
          "model",
          fit::format("the file '{}' is missing or damaged, and its manifest has no URL for it", file.path));
    }
    const std::string url = mirrored(file.url, options_.base_url);
    const std::filesystem::path part = part_of(file);
    FIT_CHECK(make_dirs(part.parent_path()));
    FIT_TRY(const auto download,
            http_.download(url, part, options_.limits,
                           [&](std::uint64_t done, std::uint64_t) { report(file, done); }));
    FIT_TRY(const std::string sum, sha256_file_hex(part));
    const std::string& expected = file.sha256.empty() ? download.sha256_from_server : file.sha256;
    if (!expected.empty() && sum != expected) {
      std::error_code ignored;
      std::filesystem::remove(part, ignored);
      return Error{ErrorCode::kBadGateway,
                   fit::format("the downloaded file '{}' has SHA-256 {} instead of {}; it was discarded",
                               file.path, sum, expected),
                   "model", url};
    }
    std::error_code problem;
    std::filesystem::rename(part, entry_.folder / file.path, problem);
    if (problem) return from_errno("rename " + part.string(), problem.value());
    FIT_CHECK(sync_path(part.parent_path()));
    done_bytes_ += download.size_bytes;
    report(file, 0);
    lock_[file.path] = {sum, download.size_bytes, url};
    return save_model_lock(entry_.folder, lock_);
  }

  const ModelEntry& entry_;
  net::HttpClient& http_;
  const ModelStore::PullOptions& options_;
  ModelLock lock_;
  std::uint64_t total_bytes_ = 0;
  bool total_known_ = false;
  std::uint64_t done_bytes_ = 0;
};

}  // namespace

Result<ModelEntry> ModelStore::pull(const std::string& name, net::HttpClient& http,
                                    const PullOptions& options) const {
  FIT_TRY(ModelEntry entry, find(name));
  if (entry.in_program) return entry;
  FIT_CHECK(make_dirs(entry.folder));
  FIT_TRY(const PullLock held, PullLock::take(entry.folder));
  auto lock = load_model_lock(entry.folder);
  ModelDownload download(entry, http, options, lock ? *std::move(lock) : ModelLock());
  FIT_CHECK(download.run());
  return find(name);
}

}  // namespace fit::embed
