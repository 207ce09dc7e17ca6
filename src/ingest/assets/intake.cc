#include "ingest/assets/intake.h"

#include <algorithm>

#include "base/format.h"
#include "base/hash.h"
#include "blobs/storage_error.h"
#include "catalog/image_files.h"
#include "media/image.h"
#include "media/video.h"

namespace fit::ingest {
namespace {

// The most that one batch holds. A larger call is written in several batches.
constexpr std::size_t kBatchFiles = 128;
constexpr std::uint64_t kBatchBytes = 64u << 20;

Counter& requests(Metrics& metrics, const char* status) {
  return metrics.counter("ingest_requests_total", "Files sent to be ingested", {{"status", status}});
}

// The type of a file, and the name of its format.
struct FileType {
  std::string_view media_type;
  std::string_view format;
  std::uint64_t max_bytes = 0;
};

Result<FileType> type_of(const std::string& field, ByteView beginning, const FileLimits& limits) {
  if (const auto video = media::sniff_video_format(beginning)) {
    return FileType{media::mime_type(*video), media::to_string(*video), limits.video_bytes};
  }
  const auto image = media::detect_format(field, beginning);
  if (image) return FileType{media::mime_type(*image), media::to_string(*image), limits.image_bytes};
  if (image.error().code != ErrorCode::kUnsupportedMedia) return image.error();
  return Error{ErrorCode::kUnsupportedMedia,
               "must be an image (JPEG, PNG, WebP, AVIF, HEIC, GIF) or a video (MP4, MOV, WebM, MKV)",
               field,
               {}};
}

}  // namespace

Result<CheckedFile> check_file(const std::string& field, ByteView content, const FileLimits& limits) {
  const ByteView beginning = content.first(std::min(content.size(), media::kFormatBytes));
  FIT_TRY(const FileType type, type_of(field, beginning, limits));
  if (content.size() > type.max_bytes) {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", type.max_bytes), field, {}};
  }
  CheckedFile file{
      .sha256 = sha256_hex(content), .media_type = std::string(type.media_type), .blob_name = {}};
  file.blob_name = catalog::original_name(file.sha256, type.format);
  return file;
}

AssetIntake::AssetIntake(Parts parts, const FileLimits& limits)
    : parts_(std::move(parts)),
      limits_(limits),
      accepted_(requests(parts_.metrics, "accepted")),
      known_(requests(parts_.metrics, "known")),
      refused_(requests(parts_.metrics, "refused")) {}

std::vector<Result<AddedAsset>> AssetIntake::accept(std::span<const SentFile> files) {
  std::vector<Pending> pending(files.size());
  Call call;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const SentFile& file = files[i];
    auto checked = check_file(file.field, file.content, limits_);
    if (!checked) {
      pending[i].result = std::move(checked).error();
      continue;
    }
    pending[i].asset = {.sha256 = std::move(checked->sha256),
                        .media_type = std::move(checked->media_type),
                        .size_bytes = static_cast<std::int64_t>(file.content.size()),
                        .name = file.name,
                        .url = {},
                        .metadata = file.metadata,
                        .owner = file.owner};
    pending[i].blob_name = std::move(checked->blob_name);
    pending[i].content = file.content;
    if (auto room = check_quota(file.field, pending[i]); !room) {
      pending[i].result = std::move(room).error();
      continue;
    }
    call.files.push_back(&pending[i]);
  }
  if (!call.files.empty()) write(call);
  std::vector<Result<AddedAsset>> results;
  results.reserve(files.size());
  for (Pending& one : pending) {
    (one.result ? one.result->is_known ? known_ : accepted_ : refused_).add();
    results.push_back(std::move(one.result));
  }
  return results;
}

// A file that is stored already needs no room.
Result<void> AssetIntake::check_quota(const std::string& field, const Pending& file) const {
  if (parts_.quotas == nullptr) return {};
  auto room = parts_.quotas->check_bytes(file.content.size());
  if (room) return room;
  FIT_TRY(const bool is_stored, parts_.originals.exists(file.blob_name));
  if (is_stored) return {};
  Error error = std::move(room).error();
  error.field = field;
  return error;
}

// The first waiting call writes its files and those of the calls behind it; these wait meanwhile.
void AssetIntake::write(Call& call) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(&call);
  written_.wait(lock, [&] { return call.is_done || waiting_.front() == &call; });
  if (call.is_done) return;
  std::vector<Pending*> files;
  std::uint64_t bytes = 0;
  std::size_t calls = 0;
  for (const Call* one : waiting_) {
    if (!files.empty() && (files.size() + one->files.size() > kBatchFiles || bytes > kBatchBytes)) break;
    files.insert(files.end(), one->files.begin(), one->files.end());
    for (const Pending* file : one->files) bytes += file->content.size();
    ++calls;
  }
  lock.unlock();
  for (std::span<Pending* const> rest(files); !rest.empty();) {
    const std::size_t size = std::min(rest.size(), kBatchFiles);
    write_batch(rest.first(size));
    rest = rest.subspan(size);
  }
  if (parts_.on_added) parts_.on_added();
  lock.lock();
  for (std::size_t i = 0; i < calls; ++i) {
    waiting_.front()->is_done = true;
    waiting_.pop_front();
  }
  written_.notify_all();
}

// The files are durable before the rows that name them.
void AssetIntake::write_batch(std::span<Pending* const> batch) {
  std::vector<blobs::BlobContent> contents;
  for (const Pending* one : batch) contents.push_back({one->blob_name, one->content});
  const std::vector<Result<void>> stored = parts_.originals.put_all(contents);
  std::vector<NewAsset> assets;
  std::vector<Pending*> added;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!stored[i]) {
      batch[i]->result = blobs::storage_error(stored[i].error(), "file");
      continue;
    }
    if (parts_.quotas != nullptr) parts_.quotas->note_bytes(batch[i]->content.size());
    assets.push_back(std::move(batch[i]->asset));
    added.push_back(batch[i]);
  }
  auto results = Assets(parts_.database).add(assets);
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (results) {
      added[i]->result = results->at(i);
    } else {
      added[i]->result = results.error();
    }
  }
}

Result<std::vector<AddedAsset>> AssetIntake::accept_urls(std::span<const NewAsset> assets) {
  FIT_TRY(auto added, Assets(parts_.database).add(assets));
  accepted_.add(static_cast<double>(added.size()));
  if (parts_.on_added) parts_.on_added();
  return added;
}

}  // namespace fit::ingest
