#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "blobs/blob_store.h"

namespace fit::blobs {

// What move_blobs() does besides copying.
struct BlobMoveOptions {
  bool are_named_by_content = true;  // whether a file's content must have the SHA-256 of its name
  bool removes = false;              // whether files are removed from the source once all are copied
  Progress progress = {};            // of finished files, from several threads, one at a time
};

// The result of move_blobs().
struct BlobMoveReport {
  std::int64_t copied = 0;
  std::int64_t copied_bytes = 0;
  std::int64_t present = 0;  // files that the destination had already
  std::int64_t removed = 0;
  std::vector<std::string> damaged;  // files of the source that were not copied, ascending
};

// Copies the finished files of `from` to `to`, so that they are durable there, and then removes them from
// `from` if options.removes is set: not those that were put after this call began, and none when a file is
// damaged. Files that `to` has whole are not copied again, so that a call which was ended goes on where the
// one before stopped. Nobody can prune `from` meanwhile. `report` is filled whatever is returned: kCancelled
// after `stop`; kConflict when files are being pruned or, before the removal, read by a backup; the errors of
// the stores. Blocks.
Result<void> move_blobs(BlobStore& from, BlobStore& to, const BlobMoveOptions& options,
                        const std::stop_token& stop, BlobMoveReport& report);

}  // namespace fit::blobs
