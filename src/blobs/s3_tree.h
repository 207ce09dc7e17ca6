#pragma once

#include <memory>
#include <string>

#include "blobs/file_tree.h"
#include "blobs/s3_bucket.h"

namespace fit::blobs {

// A FileTree in a bucket: <prefix>/<path>. Every put is durable when it returns. Files larger than
// S3Options::part_bytes are sent as multipart uploads. hold() is a hold of s3_hold.h below <prefix>.holds/,
// which ends five minutes after its process died.
class S3Tree final : public FileTree {
 public:
  // `prefix`: of the keys, without slashes at its ends; may be empty. `name`: the URL of the tree.
  S3Tree(std::shared_ptr<S3Bucket> bucket, std::string prefix, std::string name)
      : bucket_(std::move(bucket)), prefix_(std::move(prefix)), name_(std::move(name)) {}

  Result<void> put(const std::string& path, std::uint64_t size_bytes, const Reader& read) override;
  Result<void> sync() override { return {}; }
  Result<void> read(const std::string& path, const Writer& write) const override;
  Result<bool> exists(const std::string& path) const override;
  Result<std::vector<std::string>> folders() const override;
  Result<void> list(const std::string& folder,
                    const std::function<Result<void>(const TreeFile&)>& visit) const override;
  Result<void> remove(const std::string& folder, const std::string& first) override;
  Result<std::unique_ptr<BlobHold>> hold() override;
  std::string name_of(const std::string& path) const override;

 private:
  std::string key_of(const std::string& path) const { return prefix_.empty() ? path : prefix_ + "/" + path; }
  Result<void> upload(const std::string& key, Bytes first, std::uint64_t part_bytes, const Reader& read);

  const std::shared_ptr<S3Bucket> bucket_;
  const std::string prefix_;
  const std::string name_;
};

}  // namespace fit::blobs
