#pragma once

#include <filesystem>

#include "blobs/blob_store.h"

namespace fit::blobs {

// A BlobStore in a local folder, with a sub-folder for each pair of first digits: ab/abcd….jpg. A file's
// modification time is when it was last put or renewed. The first put() makes the folder; before that, hold()
// holds nothing. The promises to several processes rest on flock(): kInternal where the file system does not
// support it.
class LocalBlobs final : public BlobStore {
 public:
  explicit LocalBlobs(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<void> put(const std::string& name, ByteView content, Durability durability) override;
  std::vector<Result<void>> put_all(std::span<const BlobContent> files) override;
  Result<void> put_file(const std::string& name, const std::filesystem::path& file) override;
  Result<void> sync() override;
  Result<Bytes> get(const std::string& name, std::uint64_t max_bytes) const override;
  Result<Bytes> read(const std::string& name, std::uint64_t offset, std::uint64_t count) const override;
  Result<bool> exists(const std::string& name) const override;
  std::optional<std::filesystem::path> local_path(std::string_view name) const override;
  Result<bool> renew(const std::string& name) override;
  Result<void> list(const Visitor& visit) const override;
  Result<bool> remove(const BlobInfo& blob, Timestamp before) override;
  Result<std::unique_ptr<BlobHold>> hold(HoldFor purpose) override;
  Result<void> probe() const override { return {}; }

 private:
  const std::filesystem::path folder_;
};

}  // namespace fit::blobs
