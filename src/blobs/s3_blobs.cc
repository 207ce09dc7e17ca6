#include "blobs/s3_blobs.h"

#include <algorithm>
#include <thread>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "blobs/s3_hold.h"
#include "blobs/storage_error.h"

namespace fit::blobs {
namespace {

using Clock = std::chrono::steady_clock;

// The longest time from the marker to the request that removes the file, and the limit of that request.
constexpr std::chrono::seconds kRemovalTime{10};
// After this time a marker was left by a process that died: nothing will be removed any more.
constexpr std::chrono::seconds kMarkerLife{30};
constexpr std::chrono::milliseconds kMarkerPoll{200};
constexpr int kPuts = 5;
constexpr std::size_t kPutsAtATime = 8;
constexpr int kMostParts = 9'000;
constexpr std::string_view kMarker = "-removing";
constexpr char kUploadMark = '?';

Error not_stored() {
  return not_found("there is no stored file of that name");
}

// "<sha256>-removing.jpg" for "<sha256>.jpg". It sorts before the file, so that a list sees it first.
std::string marker_of(const std::string& name) {
  const std::size_t digits = sha256_of_name(name).size();
  return name.substr(0, digits) + std::string(kMarker) + name.substr(digits);
}

bool is_marker(std::string_view name) {
  const std::size_t at = name.find(kMarker);
  if (at == std::string_view::npos) return false;
  return !sha256_of_name(std::string(name.substr(0, at)) + std::string(name.substr(at + kMarker.size())))
              .empty();
}

// The end of the second in which the server says that an object was put.
Timestamp end_of_second(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time) + std::chrono::microseconds(999'999);
}

}  // namespace

Result<S3Blobs::State> S3Blobs::state_of(const std::string& name) const {
  const std::string key = key_of(name);
  const std::string marker = key_of(marker_of(name));
  State state;
  FIT_TRY(const S3Page page, bucket_->list(folder_ + "/" + std::string(sha256_of_name(name))));
  for (const S3Object& object : page.objects) {
    if (object.key == key) state.put_at = end_of_second(object.modified_at);
    if (object.key == marker) state.has_marker = true;
  }
  return state;
}

// Waits until nobody is removing the file. Whether the bucket has it then.
Result<bool> S3Blobs::is_settled(const std::string& name) const {
  const auto deadline = Clock::now() + kMarkerLife;
  for (;;) {
    FIT_TRY(const State state, state_of(name));
    if (!state.has_marker || Clock::now() >= deadline) return state.put_at.has_value();
    std::this_thread::sleep_for(kMarkerPoll);
  }
}

// Sends an object in parts; read_part(offset, count) returns the bytes of one.
template <class ReadPart>
Result<void> S3Blobs::upload(const std::string& name, std::uint64_t size_bytes, const ReadPart& read_part) {
  const std::string key = key_of(name);
  const std::uint64_t part_bytes =
      std::max<std::uint64_t>(bucket_->options().part_bytes, size_bytes / kMostParts + 1);
  FIT_TRY(const std::string id, bucket_->begin_upload(key));
  const auto send_all = [&]() -> Result<void> {
    std::vector<std::string> tags;
    for (std::uint64_t at = 0; at < size_bytes; at += part_bytes) {
      FIT_TRY(const auto part, read_part(at, std::min(part_bytes, size_bytes - at)));
      FIT_TRY(auto tag, bucket_->put_part(key, id, static_cast<int>(tags.size()) + 1, part));
      tags.push_back(std::move(tag));
    }
    return bucket_->complete_upload(key, id, tags);
  };
  auto sent = send_all();
  if (!sent) {
    // Parts that cannot be given up now are an unfinished file of list().
    [[maybe_unused]] const auto given_up = bucket_->abort_upload(key, id);
  }
  return sent;
}

Result<void> S3Blobs::put(const std::string& name, ByteView content, Durability durability) {
  if (sha256_of_name(name).empty()) return invalid_blob_name();
  for (int i = 0; i < kPuts; ++i) {
    if (content.size() <= bucket_->options().part_bytes) {
      FIT_CHECK(bucket_->put(key_of(name), content));
    } else {
      FIT_CHECK(upload(name, content.size(), [content](std::uint64_t at, std::uint64_t count) {
        return Result<ByteView>(content.subspan(at, count));
      }));
    }
    if (durability == Durability::kUnsynced) return {};
    FIT_TRY(const bool is_there, is_settled(name));
    if (is_there) return {};
  }
  return Error{ErrorCode::kUnavailable, "the file is being removed again and again", {}, name};
}

std::vector<Result<void>> S3Blobs::put_all(std::span<const BlobContent> files) {
  std::vector<Result<void>> results(files.size());
  parallel_for(files.size(), {.threads = kPutsAtATime}, [&](std::size_t i) {
    results[i] = put(files[i].name, files[i].content, Durability::kSynced);
  });
  return results;
}

Result<void> S3Blobs::put_file(const std::string& name, const std::filesystem::path& file) {
  if (sha256_of_name(name).empty()) return invalid_blob_name();
  FIT_TRY(const FileReader reader, FileReader::open(file));
  if (reader.size_bytes() <= bucket_->options().part_bytes) {
    FIT_TRY(const Bytes content, reader.read(0, reader.size_bytes()));
    return bucket_->put(key_of(name), content);
  }
  return upload(name, reader.size_bytes(), [&](std::uint64_t at, std::uint64_t count) -> Result<Bytes> {
    FIT_TRY(Bytes part, reader.read(at, count));
    if (part.size() != count) return internal("the file became shorter while it was read", file.string());
    return part;
  });
}

Result<Bytes> S3Blobs::read(const std::string& name, std::uint64_t offset, std::uint64_t count) const {
  if (sha256_of_name(name).empty()) return not_stored();
  Bytes content;
  for (;;) {
    const std::uint64_t at = offset + content.size();
    const std::uint64_t wanted =
        std::min<std::uint64_t>(count - content.size(), bucket_->options().part_bytes);
    FIT_TRY(const std::optional<S3Part> part, bucket_->read(key_of(name), at, wanted));
    if (!part) return not_stored();
    content.insert(content.end(), part->content.begin(), part->content.end());
    const bool is_at_end = offset + content.size() >= part->object_bytes;
    if (content.size() == count || is_at_end || part->content.empty()) return content;
  }
}

Result<Bytes> S3Blobs::get_once(const std::string& name, std::uint64_t max_bytes) const {
  Bytes content;
  for (;;) {
    FIT_TRY(std::optional<S3Part> part,
            bucket_->read(key_of(name), content.size(), bucket_->options().part_bytes));
    if (!part) return not_stored();
    if (part->object_bytes > max_bytes) {
      return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_bytes), name, {}};
    }
    if (content.empty()) content.reserve(part->object_bytes);
    content.insert(content.end(), part->content.begin(), part->content.end());
    if (content.size() >= part->object_bytes) return content;
    if (part->content.empty()) {
      return Error{ErrorCode::kUnavailable, "the file storage sent less than the file", {}, name};
    }
  }
}

Result<Bytes> S3Blobs::get(const std::string& name, std::uint64_t max_bytes) const {
  if (sha256_of_name(name).empty()) return not_stored();
  FIT_TRY(Bytes content, get_once(name, max_bytes));
  // What was damaged or cut on the way, unnoticed, is whole when it is read again.
  if (sha256_hex(content) != sha256_of_name(name)) return get_once(name, max_bytes);
  return content;
}

Result<bool> S3Blobs::exists(const std::string& name) const {
  if (sha256_of_name(name).empty()) return false;
  return bucket_->exists(key_of(name));
}

Result<bool> S3Blobs::renew(const std::string& name) {
  if (sha256_of_name(name).empty()) return false;
  FIT_TRY(const bool is_there, bucket_->touch(key_of(name)));
  if (!is_there) return false;
  return is_settled(name);
}

Result<void> S3Blobs::list(const Visitor& visit) const {
  const std::string prefix = folder_ + "/";
  for (std::string after;;) {
    FIT_TRY(const S3Page page, bucket_->list(prefix, after));
    for (const S3Object& object : page.objects) {
      const std::string name = object.key.substr(std::min(prefix.size(), object.key.size()));
      const bool is_unfinished = is_marker(name);
      if (!is_unfinished && sha256_of_name(name).empty()) continue;  // not ours
      FIT_CHECK(visit({.name = name,
                       .size_bytes = object.size_bytes,
                       .put_at = end_of_second(object.modified_at),
                       .is_unfinished = is_unfinished}));
    }
    if (page.is_last) break;
    after = page.objects.back().key;
  }
  FIT_TRY(const auto uploads, bucket_->list_uploads(prefix));
  for (const S3Upload& upload : uploads) {
    const std::string name = upload.key.substr(std::min(prefix.size(), upload.key.size()));
    if (sha256_of_name(name).empty()) continue;
    FIT_CHECK(visit({.name = name + kUploadMark + upload.id,
                     .put_at = end_of_second(upload.begun_at),
                     .is_unfinished = true}));
  }
  return {};
}

Result<bool> S3Blobs::remove_file(const std::string& name, Timestamp before) {
  const std::string marker = key_of(marker_of(name));
  const auto begin = Clock::now();
  FIT_CHECK(bucket_->put(marker, {}));
  FIT_TRY(const State state, state_of(name));
  const bool is_old = state.put_at && *state.put_at < before;
  const bool is_late = Clock::now() - begin > kRemovalTime;
  // After a failure the marker stays: the request may still be carried out, and puts wait for its life.
  if (is_old && !is_late) FIT_CHECK(bucket_->remove(key_of(name), kRemovalTime));
  FIT_CHECK(bucket_->remove(marker, bucket_->options().timeout));
  if (is_old && is_late) {
    return Error{ErrorCode::kUnavailable, "the file storage is too slow to remove files safely", {}, name};
  }
  return is_old || !state.put_at;
}

Result<bool> S3Blobs::remove(const BlobInfo& blob, Timestamp before) {
  const std::size_t mark = blob.name.find(kUploadMark);
  const std::string name = blob.name.substr(0, mark);
  if (mark != std::string::npos && !sha256_of_name(name).empty()) {
    if (blob.put_at >= before) return false;
    FIT_CHECK(bucket_->abort_upload(key_of(name), blob.name.substr(mark + 1)));
    return true;
  }
  if (is_marker(name)) {
    if (blob.put_at >= before) return false;
    FIT_CHECK(bucket_->remove(key_of(name), bucket_->options().timeout));
    return true;
  }
  if (sha256_of_name(name).empty()) return true;
  return remove_file(name, before);
}

Result<std::unique_ptr<BlobHold>> S3Blobs::hold(HoldFor purpose) {
  return take_s3_hold(bucket_, folder_ + ".holds/", purpose);
}

}  // namespace fit::blobs
