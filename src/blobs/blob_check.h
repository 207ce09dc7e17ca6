#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "blobs/blob_store.h"

namespace fit::blobs {

// How many files are read at a time by default.
inline constexpr std::size_t kBlobThreads = 8;

// The finished files of a store, by name. The errors of BlobStore::list().
Result<std::vector<BlobInfo>> finished_blobs(const BlobStore& store);

// Whether the content of a stored file has the SHA-256 of its name. Reads it piece by piece. kNotFound when
// it is not there, and the errors of BlobStore::read().
Result<bool> has_named_content(const BlobStore& store, const std::string& name);

// The result of check_blobs().
struct BlobCheckReport {
  std::int64_t checked = 0;
  std::int64_t bytes = 0;
  std::vector<std::string> damaged;  // the names, ascending
};

// Compares the content of each file with its name. `progress` gets the number of finished files and of all,
// from several threads, one at a time. `report` is filled whatever is returned: kCancelled after `stop`, or
// the errors of the store. Blocks; reads every file.
Result<void> check_blobs(const BlobStore& store, const Progress& progress, const std::stop_token& stop,
                         BlobCheckReport& report);

}  // namespace fit::blobs
