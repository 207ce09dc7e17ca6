#include "blobs/blob_check.h"

#include <algorithm>
#include <mutex>

#include "base/hash.h"
#include "base/parallel.h"

namespace fit::blobs {
namespace {

constexpr std::uint64_t kCheckPieceBytes = 8 << 20;

}  // namespace

Result<std::vector<BlobInfo>> finished_blobs(const BlobStore& store) {
  std::vector<BlobInfo> files;
  FIT_CHECK(store.list([&files](const BlobInfo& blob) -> Result<void> {
    if (!blob.is_unfinished) files.push_back(blob);
    return {};
  }));
  std::ranges::sort(files, {}, &BlobInfo::name);
  return files;
}

Result<bool> has_named_content(const BlobStore& store, const std::string& name) {
  Sha256 digest;
  for (std::uint64_t at = 0;;) {
    FIT_TRY(const Bytes piece, store.read(name, at, kCheckPieceBytes));
    digest.update(piece);
    at += piece.size();
    if (piece.size() < kCheckPieceBytes) return digest.hex() == sha256_of_name(name);
  }
}

Result<void> check_blobs(const BlobStore& store, const Progress& progress, const std::stop_token& stop,
                         BlobCheckReport& report) {
  FIT_TRY(const auto files, finished_blobs(store));
  ProgressCounter counter(progress, files.size());
  std::mutex mutex;
  auto checked =
      parallel_for(files.size(), {.threads = kBlobThreads, .stop = stop}, [&](std::size_t i) -> Result<void> {
        const auto is_whole = has_named_content(store, files[i].name);
        // A file that was removed meanwhile is no damage.
        const bool is_gone = !is_whole && is_whole.error().code == ErrorCode::kNotFound;
        if (!is_whole && !is_gone) return is_whole.error();
        counter.add(1);
        if (is_gone) return {};
        const std::lock_guard lock(mutex);
        ++report.checked;
        report.bytes += files[i].size_bytes;
        if (!*is_whole) report.damaged.push_back(files[i].name);
        return {};
      });
  std::ranges::sort(report.damaged);
  return checked;
}

}  // namespace fit::blobs
