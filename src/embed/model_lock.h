#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace fit::embed {

// What was downloaded into a model folder: lock.json. Files by their path in the folder.
struct LockedFile {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string url;
};
using ModelLock = std::map<std::string, LockedFile>;

// An empty lock when there is no file; kInvalid when it is not the expected JSON.
Result<ModelLock> load_model_lock(const std::filesystem::path& folder);
Result<void> save_model_lock(const std::filesystem::path& folder, const ModelLock& lock);

}  // namespace fit::embed
