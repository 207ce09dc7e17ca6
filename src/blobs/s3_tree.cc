#include "blobs/s3_tree.h"

#include <algorithm>

#include "base/parallel.h"
#include "blobs/s3_hold.h"

namespace fit::blobs {
namespace {

constexpr std::uint64_t kMostPartsOfFile = 9'000;
constexpr std::size_t kRemovedAtATime = 8;
constexpr char kAfterSlash = '/' + 1;  // the first character that no key below a folder has there

// What a source has returned and was not yet taken in parts.
class PartReader {
 public:
  PartReader(const FileTree::Reader& read, Bytes rest) : read_(read), rest_(std::move(rest)) {}

  // The next `count` bytes; fewer at the end.
  Result<Bytes> next(std::size_t count) {
    while (!is_at_end_ && rest_.size() < count) {
      FIT_TRY(const Bytes piece, read_());
      is_at_end_ = piece.empty();
      rest_.insert(rest_.end(), piece.begin(), piece.end());
    }
    if (rest_.size() <= count) return std::exchange(rest_, {});
    Bytes part(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(count));
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(count));
    return part;
  }
  // Whether there is no more; known after a part that is shorter than asked for, and otherwise by reading on.
  Result<bool> is_empty() {
    while (!is_at_end_ && rest_.empty()) {
      FIT_TRY(rest_, read_());
      is_at_end_ = rest_.empty();
    }
    return rest_.empty();
  }
  Bytes take_rest() { return std::exchange(rest_, {}); }

 private:
  const FileTree::Reader& read_;
  Bytes rest_;
  bool is_at_end_ = false;
};

}  // namespace

// Sends a file of several parts, of which `first` is the first.
Result<void> S3Tree::upload(const std::string& key, Bytes first, std::uint64_t part_bytes,
                            const Reader& read) {
  FIT_TRY(const std::string id, bucket_->begin_upload(key));
  const auto send_all = [&]() -> Result<void> {
    std::vector<std::string> tags;
    PartReader parts(read, {});
    for (Bytes part = std::move(first); !part.empty();) {
      FIT_TRY(auto tag, bucket_->put_part(key, id, static_cast<int>(tags.size()) + 1, part));
      tags.push_back(std::move(tag));
      part = {};
      FIT_TRY(part, parts.next(part_bytes));
    }
    return bucket_->complete_upload(key, id, tags);
  };
  auto sent = send_all();
  if (!sent) {
    // Parts that cannot be given up now are removed with the folder, or by the bucket's rule for such.
    [[maybe_unused]] const auto given_up = bucket_->abort_upload(key, id);
  }
  return sent;
}

Result<void> S3Tree::put(const std::string& path, std::uint64_t size_bytes, const Reader& read) {
  const std::string key = key_of(path);
  const std::uint64_t part_bytes =
      std::max<std::uint64_t>(bucket_->options().part_bytes, size_bytes / kMostPartsOfFile + 1);
  PartReader parts(read, {});
  FIT_TRY(Bytes first, parts.next(part_bytes));
  FIT_TRY(const bool is_whole, parts.is_empty());
  if (is_whole) return bucket_->put(key, first);
  // The source has begun the second part already.
  Bytes begun = parts.take_rest();
  return upload(key, std::move(first), part_bytes, [&]() -> Result<Bytes> {
    return begun.empty() ? read() : Result<Bytes>(std::exchange(begun, {}));
  });
}

Result<void> S3Tree::read(const std::string& path, const Writer& write) const {
  const std::string key = key_of(path);
  for (std::uint64_t at = 0;;) {
    FIT_TRY(const std::optional<S3Part> part, bucket_->read(key, at, bucket_->options().part_bytes));
    if (!part) return not_found(name_of(path) + " does not exist");
    if (!part->content.empty()) FIT_CHECK(write(part->content));
    at += part->content.size();
    if (at >= part->object_bytes) return {};
    if (part->content.empty()) {
      return Error{ErrorCode::kUnavailable, "the file storage sent less than the file", {}, key};
    }
  }
}

Result<bool> S3Tree::exists(const std::string& path) const {
  return bucket_->exists(key_of(path));
}

Result<std::vector<std::string>> S3Tree::folders() const {
  const std::string prefix = key_of("");
  std::vector<std::string> names;
  for (std::string after;;) {
    FIT_TRY(const S3Page page, bucket_->list(prefix, after));
    for (const S3Object& object : page.objects) {
      const std::string inner = object.key.substr(std::min(prefix.size(), object.key.size()));
      const std::size_t slash = inner.find('/');
      if (slash == std::string::npos || (!names.empty() && names.back() == inner.substr(0, slash))) continue;
      names.push_back(inner.substr(0, slash));
    }
    if (page.is_last) return names;
    // The rest of the last folder is skipped.
    after = page.objects.back().key;
    const std::size_t slash = after.find('/', prefix.size());
    if (slash != std::string::npos) after = after.substr(0, slash) + kAfterSlash;
  }
}

Result<void> S3Tree::list(const std::string& folder,
                          const std::function<Result<void>(const TreeFile&)>& visit) const {
  const std::string prefix = key_of(folder) + "/";
  const std::size_t skipped = key_of("").size();
  for (std::string after;;) {
    FIT_TRY(const S3Page page, bucket_->list(prefix, after));
    for (const S3Object& object : page.objects) {
      FIT_CHECK(visit({.path = object.key.substr(std::min(skipped, object.key.size())),
                       .size_bytes = object.size_bytes}));
    }
    if (page.is_last) return {};
    after = page.objects.back().key;
  }
}

Result<void> S3Tree::remove(const std::string& folder, const std::string& first) {
  FIT_CHECK(bucket_->remove(key_of(folder + "/" + first), bucket_->options().timeout));
  const std::string prefix = key_of(folder) + "/";
  for (bool is_last = false; !is_last;) {
    FIT_TRY(const S3Page page, bucket_->list(prefix));
    is_last = page.is_last;
    FIT_CHECK(parallel_for(page.objects.size(), {.threads = kRemovedAtATime}, [&](std::size_t i) {
      return bucket_->remove(page.objects[i].key, bucket_->options().timeout);
    }));
  }
  FIT_TRY(const auto uploads, bucket_->list_uploads(prefix));
  for (const S3Upload& one : uploads) FIT_CHECK(bucket_->abort_upload(one.key, one.id));
  return {};
}

Result<std::unique_ptr<BlobHold>> S3Tree::hold() {
  return take_s3_hold(bucket_, prefix_ + ".holds/", HoldFor::kRemoving);
}

std::string S3Tree::name_of(const std::string& path) const {
  return path.empty() ? name_ : name_ + "/" + path;
}

}  // namespace fit::blobs
