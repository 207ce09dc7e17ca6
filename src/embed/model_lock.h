#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace fit::embed {

// A downloaded file of a model folder.
struct LockedFile {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string url;
};
// The downloaded files of a model folder (lock.json), by path in the folder.
using ModelLock = std::map<std::string, LockedFile>;

// Reads lock.json; an empty lock when the file does not exist. kMalformed or kInvalid when its content is not
// the expected JSON. Concurrent writers must hold the folder's .pull.lock.
Result<ModelLock> load_model_lock(const std::filesystem::path& folder);
Result<void> save_model_lock(const std::filesystem::path& folder, const ModelLock& lock);

}  // namespace fit::embed
