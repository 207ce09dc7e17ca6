#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "blobs/blob_store.h"
#include "blobs/file_tree.h"
#include "blobs/s3_bucket.h"

namespace fit::blobs {

// A place for the files of a catalogue: a local folder, or a part of an S3 bucket. Its blob stores are named
// folders of it, such as "images". Copies share connections and credentials. Thread-safe.
class Storage {
 public:
  // What opens a place in a bucket.
  struct S3Access {
    S3Options server;
    AwsCredentialChain::Options credentials;
  };

  explicit Storage(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // `url` is fs:///absolute/folder or s3://bucket/prefix; the prefix may be missing. kInvalid naming `field`
  // for other texts, and naming a setting of `s3`. Nothing is read or written.
  static Result<Storage> open(std::string_view field, std::string_view url, S3Access s3);

  std::shared_ptr<BlobStore> store(std::string_view name) const;
  // The place as files by path, for what is no blob store.
  std::shared_ptr<FileTree> tree() const;

  // A place inside of this one, such as "tenants/shop", with the same connections.
  Storage part(std::string_view path) const;

  // Removes all files of the place, of every store in it, whatever they are held for. Whoever still uses the
  // place loses them. What an interrupted call has left is removed by another one. Blocks. kInvalid for a
  // bucket without a prefix; kInternal for a folder that cannot be removed; the errors of S3Bucket.
  Result<void> remove_all() const;

  bool is_local() const { return bucket_ == nullptr; }
  // The place as a URL.
  std::string url() const;

 private:
  Storage() = default;

  std::filesystem::path folder_;      // of a local place
  std::shared_ptr<S3Bucket> bucket_;  // null for a local place
  std::string bucket_name_;
  std::string prefix_;  // of the keys, without slashes at its ends; may be empty
};

}  // namespace fit::blobs
