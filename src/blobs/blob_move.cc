#include "blobs/blob_move.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <unordered_map>

#include "base/files.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/temp_dir.h"
#include "blobs/blob_check.h"

namespace fit::blobs {
namespace {

constexpr std::int64_t kMostInMemory = 32 << 20;
constexpr std::uint64_t kMovePieceBytes = 8 << 20;

// One call of move_blobs().
class Move {
 public:
  Move(BlobStore& from, BlobStore& to, const BlobMoveOptions& options, const std::stop_token& stop,
       BlobMoveReport& report)
      : from_(from), to_(to), options_(options), stop_(stop), report_(report) {}

  Result<void> copy_all() {
    auto hold = from_.hold(HoldFor::kReading);
    if (!hold) return hold.error();
    FIT_TRY(files_, finished_blobs(from_));
    FIT_TRY(const auto present, finished_blobs(to_));
    for (const BlobInfo& blob : present) present_[blob.name] = blob.size_bytes;
    const Progress progress = options_.progress.stage("copied");
    ProgressCounter counter(progress, files_.size());
    auto copied = parallel_for(files_.size(), {.threads = kBlobThreads, .stop = stop_},
                               [&](std::size_t i) -> Result<void> {
                                 FIT_CHECK(copy(files_[i]));
                                 counter.add(1);
                                 return {};
                               });
    FIT_CHECK(std::move(copied));
    return to_.sync();
  }

  Result<void> remove_all() {
    auto hold = from_.hold(HoldFor::kRemoving);
    if (!hold) return hold.error();
    const Progress progress = options_.progress.stage("removed");
    ProgressCounter counter(progress, files_.size());
    return parallel_for(files_.size(), {.threads = kBlobThreads, .stop = stop_},
                        [&](std::size_t i) -> Result<void> {
                          FIT_TRY(const bool is_gone, from_.remove(files_[i], began_at_));
                          counter.add(1);
                          const std::lock_guard lock(mutex_);
                          if (is_gone) ++report_.removed;
                          return {};
                        });
  }

 private:
  // Whether the destination has the file. A local one may have been cut by a crash.
  Result<bool> is_present(const BlobInfo& blob) const {
    const auto found = present_.find(blob.name);
    if (found == present_.end() || found->second != blob.size_bytes) return false;
    if (!options_.are_named_by_content || !to_.local_path(blob.name)) return true;
    return has_named_content(to_, blob.name);
  }

  Result<void> copy(const BlobInfo& blob) {
    FIT_TRY(const bool has_it, is_present(blob));
    if (has_it) return count(&BlobMoveReport::present);
    auto copied = copy_content(blob);
    if (!copied && copied.error().code == ErrorCode::kNotFound) return {};  // removed meanwhile
    if (!copied && copied.error().code == ErrorCode::kDamaged) {
      const std::lock_guard lock(mutex_);
      report_.damaged.push_back(blob.name);
      return {};
    }
    FIT_CHECK(std::move(copied));
    const std::lock_guard lock(mutex_);
    ++report_.copied;
    report_.copied_bytes += blob.size_bytes;
    return {};
  }

  Result<void> copy_content(const BlobInfo& blob) {
    if (const auto path = from_.local_path(blob.name)) {
      if (options_.are_named_by_content) FIT_CHECK(check(has_named_content(from_, blob.name), blob));
      return to_.put_file(blob.name, *path);
    }
    if (blob.size_bytes > kMostInMemory) return copy_by_file(blob);
    FIT_TRY(const Bytes content, from_.get(blob.name, kMostInMemory));
    if (options_.are_named_by_content) {
      FIT_CHECK(check(sha256_hex(content) == sha256_of_name(blob.name), blob));
    }
    return to_.put(blob.name, content, Durability::kSynced);
  }

  // Copies a large file by way of a temporary one.
  Result<void> copy_by_file(const BlobInfo& blob) {
    const TempDir folder;
    const std::filesystem::path path = folder.path() / "file";
    Sha256 digest;
    std::ofstream file(path, std::ios::binary);
    for (std::uint64_t at = 0;;) {
      FIT_TRY(const Bytes piece, from_.read(blob.name, at, kMovePieceBytes));
      digest.update(piece);
      at += piece.size();
      file.write(as_text(piece).data(), static_cast<std::streamsize>(piece.size()));
      if (piece.size() < kMovePieceBytes) break;
    }
    file.close();
    if (!file) return Error{ErrorCode::kStorageFull, "a temporary file cannot be written", {}, path.string()};
    if (options_.are_named_by_content) {
      FIT_CHECK(check(digest.hex() == sha256_of_name(blob.name), blob));
    }
    return to_.put_file(blob.name, path);
  }

  static Result<void> check(const Result<bool>& is_whole, const BlobInfo& blob) {
    if (!is_whole) return is_whole.error();
    if (!*is_whole) return Error{ErrorCode::kDamaged, "the stored file is damaged", {}, blob.name};
    return {};
  }

  Result<void> count(std::int64_t BlobMoveReport::* member) {
    const std::lock_guard lock(mutex_);
    ++(report_.*member);
    return {};
  }

  BlobStore& from_;
  BlobStore& to_;
  const BlobMoveOptions& options_;
  const std::stop_token stop_;
  BlobMoveReport& report_;
  const Timestamp began_at_ = now();
  std::vector<BlobInfo> files_;
  std::unordered_map<std::string, std::int64_t> present_;  // sizes, by name
  std::mutex mutex_;
};

}  // namespace

Result<void> move_blobs(BlobStore& from, BlobStore& to, const BlobMoveOptions& options,
                        const std::stop_token& stop, BlobMoveReport& report) {
  Move move(from, to, options, stop, report);
  auto copied = move.copy_all();
  std::ranges::sort(report.damaged);
  FIT_CHECK(std::move(copied));
  if (!options.removes || !report.damaged.empty()) return {};
  return move.remove_all();
}

}  // namespace fit::blobs
