#pragma once

#include <memory>
#include <string>

#include "blobs/blob_store.h"
#include "blobs/s3_bucket.h"

namespace fit::blobs {

// A BlobStore in a folder of an S3 bucket: <folder>/<name>. Every put is durable when it returns. A file's
// time is the server's, to the second, rounded up.
//
// S3 has no locks, and conditional requests differ between servers. The promises to several processes rest on
// two properties that every S3 server has: reads and lists see each completed write, and times are the
// server's (docs/decisions/0039):
//   - remove() first writes the marker <sha256>-removing.<extension> beside the file, and removes the file
//     within kRemovalTime or not at all. put() with kSynced and renew() list file and marker afterwards, wait
//     while there is a marker, and put the file again when it is gone.
//   - hold() writes <folder>.holds/<purpose>-<number>, lists the holds, and withdraws its own when it meets a
//     conflicting one; two that meet may both withdraw. A hold is renewed every minute. One that was not
//     renewed for five minutes belongs to a process that died, and does not count.
// Unfinished files are such markers, and multipart uploads that were not completed.
//
// Errors of every call: those of S3Bucket.
class S3Blobs final : public BlobStore {
 public:
  // `folder`: the beginning of the keys without a slash at the end, such as "prefix/images".
  S3Blobs(std::shared_ptr<S3Bucket> bucket, std::string folder)
      : bucket_(std::move(bucket)), folder_(std::move(folder)) {}

  Result<void> put(const std::string& name, ByteView content, Durability durability) override;
  // Several at a time.
  std::vector<Result<void>> put_all(std::span<const BlobContent> files) override;
  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override;
  Result<void> sync() override { return {}; }
  Result<Bytes> get(const std::string& name, std::uint64_t max_bytes) const override;
  Result<Bytes> read(const std::string& name, std::uint64_t offset, std::uint64_t count) const override;
  Result<bool> exists(const std::string& name) const override;
  std::optional<std::filesystem::path> local_path(std::string_view) const override { return std::nullopt; }
  Result<bool> renew(const std::string& name) override;
  Result<void> list(const Visitor& visit) const override;
  Result<bool> remove(const BlobInfo& blob, Timestamp before) override;
  Result<std::unique_ptr<BlobHold>> hold(HoldFor purpose) override;
  Result<void> probe() const override { return bucket_->probe(); }

 private:
  // What the bucket has of a file.
  struct State {
    std::optional<Timestamp> put_at;  // nullopt: there is no file
    bool has_marker = false;
  };

  std::string key_of(const std::string& name) const { return folder_ + "/" + name; }
  Result<State> state_of(const std::string& name) const;
  Result<bool> is_settled(const std::string& name) const;
  Result<Bytes> get_once(const std::string& name, std::uint64_t max_bytes) const;
  template <class ReadPart>
  Result<void> upload(const std::string& name, std::uint64_t size_bytes, const ReadPart& read_part);
  Result<bool> remove_file(const std::string& name, Timestamp before);

  const std::shared_ptr<S3Bucket> bucket_;
  const std::string folder_;
};

}  // namespace fit::blobs
