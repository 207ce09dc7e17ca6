#pragma once

#include <filesystem>

#include "blobs/file_tree.h"

namespace fit::blobs {

// A FileTree in a folder of this machine. Unfinished files end in ".tmp".
class LocalTree final : public FileTree {
 public:
  explicit LocalTree(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<void> put(const std::string& path, std::uint64_t size_bytes, const Reader& read) override;
  Result<void> sync() override;
  Result<void> read(const std::string& path, const Writer& write) const override;
  Result<bool> exists(const std::string& path) const override;
  Result<std::vector<std::string>> folders() const override;
  Result<void> list(const std::string& folder,
                    const std::function<Result<void>(const TreeFile&)>& visit) const override;
  Result<void> remove(const std::string& folder, const std::string& first) override;
  Result<std::unique_ptr<BlobHold>> hold() override;
  std::string name_of(const std::string& path) const override;

 private:
  const std::filesystem::path folder_;
};

}  // namespace fit::blobs
