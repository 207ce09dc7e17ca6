#include "blobs/storage.h"

#include <algorithm>

#include "base/format.h"
#include "base/parallel.h"
#include "blobs/local_blobs.h"
#include "blobs/local_tree.h"
#include "blobs/s3_blobs.h"
#include "blobs/s3_tree.h"

namespace fit::blobs {
namespace {

constexpr std::string_view kLocalScheme = "fs://";
constexpr std::string_view kS3Scheme = "s3://";
constexpr std::size_t kLongestPrefix = 512;
constexpr std::size_t kRemovalsAtATime = 8;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && is_lower_or_digit(name.front()) &&
         is_lower_or_digit(name.back()) && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; });
}

// Keys of these characters are equal in a URL, in a signature and in a list.
bool is_key_character(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '/';
}

bool is_prefix(std::string_view prefix) {
  const std::string framed = fit::format("/{}/", prefix);
  return prefix.empty() ||
         (prefix.size() <= kLongestPrefix && std::ranges::all_of(prefix, is_key_character) &&
          framed.find("//") == std::string::npos && framed.find("/./") == std::string::npos &&
          framed.find("/../") == std::string::npos);
}

}  // namespace

Result<Storage> Storage::open(std::string_view field, std::string_view url, S3Access s3) {
  const auto refuse = [field](const char* message) { return invalid(std::string(field), message); };
  if (url.starts_with(kLocalScheme)) {
    const std::filesystem::path folder(url.substr(kLocalScheme.size()));
    if (!folder.is_absolute()) return refuse("must name an absolute path: fs:///path");
    return Storage(folder.lexically_normal());
  }
  if (!url.starts_with(kS3Scheme)) return refuse("must be fs:///path or s3://bucket/prefix");
  url.remove_prefix(kS3Scheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  Storage storage;
  storage.bucket_name_ = url.substr(0, slash);
  std::string_view prefix = url.substr(std::min(slash + 1, url.size()));
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  storage.prefix_ = prefix;
  if (!is_bucket(storage.bucket_name_)) {
    return refuse("must name a bucket of 3 to 63 lower-case letters, digits, points and hyphens");
  }
  if (!is_prefix(prefix)) {
    return refuse("must have a prefix of letters, digits and - _ . / without empty parts");
  }
  FIT_TRY(storage.bucket_,
          S3Bucket::make(storage.bucket_name_, std::move(s3.server), std::move(s3.credentials)));
  return storage;
}

std::shared_ptr<BlobStore> Storage::store(std::string_view name) const {
  if (is_local()) return std::make_shared<LocalBlobs>(folder_ / name);
  return std::make_shared<S3Blobs>(bucket_, fit::format("{}{}{}", prefix_, prefix_.empty() ? "" : "/", name));
}

std::shared_ptr<FileTree> Storage::tree() const {
  if (is_local()) return std::make_shared<LocalTree>(folder_);
  return std::make_shared<S3Tree>(bucket_, prefix_, url());
}

Storage Storage::part(std::string_view path) const {
  Storage inner = *this;
  if (is_local()) {
    inner.folder_ /= path;
  } else {
    inner.prefix_ += fit::format("{}{}", prefix_.empty() ? "" : "/", path);
  }
  return inner;
}

Result<void> Storage::remove_all() const {
  if (is_local()) {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
    if (error) return internal(fit::format("{} cannot be removed", folder_.string()), error.message());
    return {};
  }
  if (prefix_.empty()) return invalid("prefix", "is missing: a whole bucket is never removed");
  const std::string begin = prefix_ + "/";
  for (bool is_last = false; !is_last;) {
    FIT_TRY(const S3Page page, bucket_->list(begin));
    is_last = page.is_last;
    FIT_CHECK(parallel_for(page.objects.size(), {.threads = kRemovalsAtATime}, [&](std::size_t i) {
      return bucket_->remove(page.objects[i].key, bucket_->options().timeout);
    }));
  }
  FIT_TRY(const auto uploads, bucket_->list_uploads(begin));
  for (const S3Upload& upload : uploads) FIT_CHECK(bucket_->abort_upload(upload.key, upload.id));
  return {};
}

std::string Storage::url() const {
  if (is_local()) return std::string(kLocalScheme) + std::filesystem::absolute(folder_).string();
  return fit::format("{}{}{}{}", kS3Scheme, bucket_name_, prefix_.empty() ? "" : "/", prefix_);
}

}  // namespace fit::blobs
